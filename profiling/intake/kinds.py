"""The kinds of job that a submission goes through, and the phases that order them."""

READ = "submission.read"
EQUIPMENT = "submission.equipment"
CONSIGNMENTS = "submission.consignments"
MOVEMENTS = "submission.movements"
DOCUMENTS = "submission.documents"
ATTACHMENTS = "submission.attachments"
FINISH = "submission.finish"

# Equipment comes before the bills that name it; a bill that came twice in different words waits for its first.
# A message that replaces or cancels waits for those above it in its file: its jobs are a round of phases later.
# What is told of cargo (events, papers) comes after the cargo that the same message or file announces.
PHASES = {READ: 0, EQUIPMENT: 1, CONSIGNMENTS: 2, MOVEMENTS: 3, DOCUMENTS: 3}
REPEATS_PHASE = 3
PHASES_A_ROUND = 3
MOST_ROUNDS = 10_000  # a phase is a small integer; messages beyond share the last round
