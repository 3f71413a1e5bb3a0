"""One element of an XML record, with the bytes it was read from and where it stands."""

from __future__ import annotations

from profiling.formats.records import Position


class Node:
    """An element: `name` without prefix as written, `key` the same in small letters, its own text, its children.

    start, end: byte offsets in the file. attributes: name, value, name, value, … `cut`: the text was longer than is
    kept. `used`: somebody read it, so it need not be told of.
    """

    __slots__ = ("_base", "attributes", "children", "cut", "end", "key", "name", "parent", "start", "text", "used")

    def __init__(self, name: str, key: str, start: int, parent: Node | None, base: str = "") -> None:
        self.name = name
        self.key = key
        self.start = self.end = start
        self.parent = parent
        self.text = ""
        self.attributes: list[str] = []
        self.children: list[Node] = []
        self.cut = self.used = False
        self._base = base  # pointer of the element that has no parent here

    @property
    def value(self) -> str:
        """The own text with runs of blanks as one. `<null/>` inside it, as ASYCUDA writes, adds nothing."""
        return " ".join(self.text.split())

    def attribute(self, name: str) -> str:
        """An attribute by its local name; empty where it is missing."""
        found = self.attributes
        for index in range(0, len(found), 2):
            if found[index].rpartition(":")[2].lower() == name:
                return found[index + 1]
        return ""

    def each(self, path: str) -> list[Node]:
        """The elements below this one that a path of keys leads to, in the order of the file."""
        if "/" not in path:
            return [child for child in self.children if child.key == path]
        level = [self]
        for key in path.split("/"):
            level = [child for node in level for child in node.children if child.key == key]
        return level

    def find(self, path: str) -> Node | None:
        """The first of `each`."""
        found = self.each(path)
        return found[0] if found else None

    @property
    def pointer(self) -> str:
        """Like an XPath, with numbers (from 1) where several elements of the name stand beside each other."""
        if self.parent is None:
            return self._base
        twins = [child for child in self.parent.children if child.key == self.key]
        number = f"[{twins.index(self) + 1}]" if len(twins) > 1 else ""
        return f"{self.parent.pointer}/{self.name}{number}"

    @property
    def position(self) -> Position:
        return Position(self.start, None, self.pointer)

    def release(self) -> None:
        """Let go of the tree, which holds itself by its parents, so that no collector has to find it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if node.children:
                waiting.extend(node.children)
                node.children = []
