"""Characters of names and places that people read in more than one way.

Each reading here is in ordinary use: in a person's name, in the name of a place, or as a word.
Readings that only scholars know are left out, or half of all names would be found under each
other's.
"""

_READINGS = """
晟 sheng cheng|曾 zeng ceng|盛 sheng cheng|乘 cheng sheng|行 xing hang|长 chang zhang
重 zhong chong|乐 le yue|单 dan shan|朝 chao zhao|查 cha zha|召 zhao shao|解 jie xie|仇 chou qiu
区 qu ou|覃 qin tan|翟 zhai di|缪 miao mou|尉 wei yu|蔚 wei yu|洗 xi xian|冼 xian xi|藏 cang zang
都 du dou|莘 xin shen|茜 qian xi|娜 na nuo|荥 xing ying|圩 wei xu|堡 bao pu bu|蚌 bang beng
埔 pu bu|六 liu lu|泊 bo po|厦 xia sha|什 shi shen|佛 fo fu|柏 bai bo|涡 wo guo|阿 a e|拓 tuo ta
奇 qi ji|铅 qian yan|峒 dong tong|侗 dong tong|褚 chu zhu|郇 xun huan|贾 jia gu|盖 gai ge
种 zhong chong|员 yuan yun|筠 yun jun|颉 jie xie|谌 chen shen|隗 wei kui|郗 xi chi|郄 qie xi
句 ju gou|适 shi kuo|粘 nian zhan|嬛 huan xuan|还 huan hai|巷 xiang hang|角 jiao jue
降 jiang xiang|强 qiang jiang|荨 qian xun|屏 ping bing|传 chuan zhuan|弹 tan dan|调 diao tiao
度 du duo|劲 jin jing|了 le liao|率 shuai lv|绿 lv lu|露 lu lou|落 luo la|蔓 man wan|没 mei mo
模 mo mu|茄 qie jia|亲 qin qing|色 se shai|杉 shan sha|识 shi zhi|似 si shi|宿 su xiu|提 ti di
尾 wei yi|系 xi ji|校 xiao jiao|血 xue xie|殷 yin yan|择 ze zhai|扎 zha za|着 zhe zhao zhuo
仔 zi zai|参 can shen|差 cha chai|称 cheng chen|澄 cheng deng|匙 chi shi|畜 xu chu
得 de dei|的 de di|地 di de|给 gei ji|谷 gu yu|尺 chi che|叶 ye xie|咽 yan ye|咳 ke hai
颤 chan zhan|禅 chan shan|裳 chang shang|汤 tang shang|吭 keng hang|祭 ji zhai|夹 jia ga
见 jian xian|浅 qian jian|觉 jue jiao|嚼 jiao jue|卡 ka qia|壳 ke qiao|勒 le lei|肋 lei le
俩 lia liang|靓 liang jing|於 yu wu|育 yu yo|吁 xu yu|浒 hu xu|合 he ge|核 he hu
貉 he hao mo|吓 xia he|虹 hong jiang|祗 zhi di|氏 shi zhi|石 shi dan|拾 shi she|射 she ye
莎 sha suo|省 sheng xing|折 zhe she|蛇 she yi|属 shu zhu|数 shu shuo|说 shuo shui|忪 song zhong
沓 ta da|忒 te tui|薄 bo bao|剥 bo bao|伯 bo bai|百 bai bo|卜 bu bo|辟 bi pi|便 bian pian
扁 bian pian|秘 mi bi|泌 mi bi|费 fei bi|槟 bin bing|朴 pu piao po|暴 bao pu|曝 pu bao|瀑 pu bao
番 fan pan|繁 fan po|逢 feng pang|否 fou pi|脯 pu fu|颈 jing geng|红 hong gong|龟 gui jun qiu
炅 jiong gui|柜 gui ju|炔 que gui|莞 guan wan|纶 guan lun|虾 xia ha|镐 gao hao|黑 hei he
桧 hui gui|浍 hui kuai|珲 hui hun|鹄 hu gu|鹘 hu gu|那 na nuo|哪 na ne|能 neng nai|溺 ni niao
疟 nve yao|迫 po pai|胖 pang pan|炮 pao bao|期 qi ji|其 qi ji|稽 ji qi|契 qi xie|栖 qi xi
乾 qian gan|纤 xian qian|雀 que qiao|鞘 qiao shao|瞿 qu ju|券 quan xuan|隽 jun juan|浚 jun xun
若 ruo re|塞 sai se|刹 sha cha|万 wan mo|恶 e wu|洒 sa xi|削 xiao xue|臭 chou xiu|轧 ya zha
钥 yao yue|艾 ai yi|遗 yi wei|粥 zhou yu|约 yue yao|栎 li yue|咋 za zha|柞 zuo zha|爪 zhao zhua
峙 zhi shi|幢 zhuang chuang|椎 zhui chui|琢 zhuo zuo|笮 zuo ze|撮 cuo zuo|牟 mou mu|贲 ben bi
扒 ba pa|耙 pa ba|垌 tong dong
"""
READINGS = {
    sign: tuple(usual)
    for entry in _READINGS.replace("\n", "|").split("|")
    if entry
    for sign, *usual in [entry.split()]
}
"""Character -> its usual readings, where there are several."""

ONLY_SURNAMES = frozenset(
    [
        "区ou",
        "员yun",
        "黑he",
        "盖ge",
        "种chong",
        "折she",
        "繁po",
        "能nai",
        "朴piao",
        "祭zhai",
        "秘bi",
        "仇qiu",
        "缪miao",
        "尉yu",
        "句gou",
        "石dan",
    ]
)
"""Sign and reading of those that are read so as a surname alone (or in one), never as a word."""
