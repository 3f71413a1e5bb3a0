"""Russian as read at the posts: short dates in figures, a 24 hour clock. Names are Django's."""

DATE_FORMAT = "d.m.Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "d.m.Y, H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j E"
# Ours: the day beside the wall clock.
WALL_DAY_FORMAT = "D, j E"
