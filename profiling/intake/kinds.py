"""The kinds of job that a submission goes through, and the phases that order them."""

READ = "submission.read"
EQUIPMENT = "submission.equipment"
CONSIGNMENTS = "submission.consignments"
FINISH = "submission.finish"

# Equipment comes before the bills that name it; a bill that came twice in different words waits for its first.
PHASES = {READ: 0, EQUIPMENT: 1, CONSIGNMENTS: 2, FINISH: 9}
REPEATS_PHASE = 3
