"""Rules about brands that know no row."""

MOST_STEPS = 6
MOST_FIGURES = 3
YEARS = 2  # after which a named brand is looked at again, unless another day is given
HISTORY = 24  # months of a figure that are read
TITLE, TEXT, REASON, RESULT = 40, 400, 200, 300
FILE = {  # the parts of a brand's file, with how long each may be
    "name": 20,
    "slogan": 40,
    "meaning": TEXT,
    "method": 30,
    "practice": 800,
    "carriers": TEXT,
    "results": 600,
}
NEEDED = {  # 五个有: what must be written before anybody reviews it
    "name": "名称",
    "meaning": "内涵",
    "practice": "做法",
    "carriers": "载体",
    "results": "成效",
}
