"""Names of people who do not exist: surnames as frequent as in the country, given names in the
fashion of the year of birth."""

import random

# Surname -> how many of 10,000 people bear it, roughly.
_SURNAMES = {
    "王": 710, "李": 708, "张": 678, "刘": 514, "陈": 461, "杨": 308, "赵": 240, "黄": 220,
    "周": 208, "吴": 200, "徐": 176, "孙": 162, "胡": 130, "朱": 128, "高": 124, "林": 120,
    "何": 116, "郭": 114, "马": 110, "罗": 86, "梁": 84, "宋": 82, "郑": 80, "谢": 74,
    "韩": 72, "唐": 68, "冯": 66, "于": 64, "董": 62, "萧": 8, "程": 56, "曹": 56,
    "袁": 54, "邓": 54, "许": 52, "傅": 50, "沈": 50, "曾": 48, "彭": 48, "吕": 46,
    "苏": 44, "卢": 44, "蒋": 44, "蔡": 42, "贾": 40, "丁": 40, "魏": 40, "薛": 38,
    "叶": 38, "阎": 12, "余": 36, "潘": 36, "杜": 34, "戴": 34, "夏": 32, "钟": 32,
    "汪": 32, "田": 32, "任": 30, "姜": 30, "范": 30, "方": 28, "石": 28, "姚": 28,
    "谭": 26, "廖": 26, "邹": 26, "熊": 24, "金": 24, "陆": 24, "郝": 22, "孔": 22,
    "白": 22, "崔": 22, "康": 20, "毛": 20, "邱": 20, "秦": 20, "江": 20, "史": 18,
    "顾": 18, "侯": 18, "邵": 18, "孟": 18, "龙": 16, "万": 16, "段": 16, "雷": 16,
    "钱": 16, "汤": 14, "尹": 14, "黎": 14, "易": 12, "常": 12, "武": 12, "乔": 12,
    "贺": 12, "赖": 12, "龚": 12, "文": 12, "庞": 10, "樊": 10, "殷": 10, "施": 10,
    "翟": 8, "倪": 8, "严": 8, "牛": 8, "单": 6, "鹿": 6, "权": 6, "解": 4, "仇": 4,
    "欧阳": 4, "上官": 1, "司马": 1,
}  # fmt: skip

# Up to 1959, 1960-1979, 1980-1994, from 1995: (first characters, second characters, alone).
_MEN = (
    ("建国振玉德志永文家兴广传宗克福长学明士继", "华民成臣山生才友义贵忠富祥林善礼仁伦喜安", "军山林海"),
    ("建国卫志永文红爱学新立庆海玉兴春广光承裕", "军民强华平东明生林峰忠义成洪新刚勇辉勤良", "军勇强刚伟斌涛峰明辉"),
    ("志晓海文建俊永少振成立宏家国小承厚启晨", "伟峰鹏飞磊涛超亮勇波军强辉龙东明健斌刚林", "伟磊超鹏飞涛亮鑫凯杰"),
    ("子浩宇俊文天志嘉泽明家思梓一承伯琛启航岩", "轩涵豪杰宇阳博然睿航哲晨辰泽凯昊远翔皓毅", "浩宇轩博睿昊航晨帆毅"),
)  # fmt: skip
_WOMEN = (
    ("秀桂玉淑兰凤月素爱金春美翠云惠传", "英兰珍芳荣梅华云侠玲琴霞莲芝凤娥", "英兰芳玲"),
    ("秀丽红玉春爱海艳桂晓淑文云建素小", "红梅华英霞玲芳丽萍云琴艳侠娟敏燕", "敏丽红艳霞玲梅萍"),
    ("晓海丽雪文艳婷小冬春静玉思红雅慧", "燕娟婷丽敏静霞玲莉娜梅慧雯萍芳云", "静娟婷丽敏娜燕莉倩洁"),
    ("雨思欣梦子佳雅诗一语嘉梓若晨紫可", "涵怡萱琪雯欣妍桐婷瑶彤萌洁悦颖宁", "悦怡婷雪瑶颖琪欣萌宁"),
)  # fmt: skip
# How many of a hundred given names are of one character.
_ALONE = (6, 18, 34, 26)


def person_name(rng: random.Random, *, female: bool, birth_year: int) -> str:
    """A believable name for a person born in that year."""
    surname = rng.choices(_SURNAME_LIST, cum_weights=_CUMULATIVE)[0]
    era = 0 if birth_year < 1960 else 1 if birth_year < 1980 else 2 if birth_year < 1995 else 3
    first, second, alone = (_WOMEN if female else _MEN)[era]
    if len(surname) == 1 and rng.random() * 100 < _ALONE[era]:
        return surname + rng.choice(alone)
    start = rng.choice(first)
    end = rng.choice(second)
    while end == start:
        end = rng.choice(second)
    return surname + start + end


_SURNAME_LIST = list(_SURNAMES)
_CUMULATIVE: list[int] = []
for _count in _SURNAMES.values():
    _CUMULATIVE.append(_count + (_CUMULATIVE[-1] if _CUMULATIVE else 0))
