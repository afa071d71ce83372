"""Where the fictional group sells: real cities and districts, department stores that do not exist."""

from __future__ import annotations

from dataclasses import dataclass

from madoguchi.organization.coordinates import Coordinates

MARKETS = (
    # code, name, locale, time zone, currency
    ("tw", "台灣", "zh-hant", "Asia/Taipei", "TWD"),
    ("jp", "日本", "ja", "Asia/Tokyo", "JPY"),
    ("cn", "中國", "zh-hans", "Asia/Shanghai", "CNY"),
)


@dataclass(frozen=True, slots=True)
class Concept:
    """Brands that share a counter."""

    code: str
    name: str
    floor: str
    brands: tuple[str, ...]


CONCEPTS = (
    Concept("ap", "家電", "8F", ("velora", "hausel", "aerino", "mizune")),
    Concept("ki", "廚房", "7F", ("nordka", "tanmi", "petito", "shido", "teain")),
    Concept("sl", "寢具", "6F", ("kumone", "mendora", "kandeli")),
    Concept("be", "美妝", "1F", ("kinbi", "lotia", "hinoka", "kandeli")),
    Concept("au", "影音", "8F", ("sonabay", "grooven")),
    Concept("fa", "精品", "2F", ("tokino", "lemonte", "mihiro", "sumiri", "kamima")),
    Concept("ba", "親子", "5F", ("sprouti", "hoshini", "pawlee")),
    Concept("ou", "戶外", "9F", ("yamavo", "namihi", "rodano", "tabino")),
)


@dataclass(frozen=True, slots=True)
class Branch:
    """A department store. ``concepts`` are the codes of the counters that we have in it."""

    code: str
    name: str
    host: str
    region: str
    address: str
    concepts: str


BRANCHES = (
    Branch("xinyi", "信義店", "晴川百貨信義館", "台北市", "台北市信義區松壽路 88 號", "ap ki sl be fa"),
    Branch("nanxi", "南西店", "和野百貨南西館", "台北市", "台北市中山區南京西路 61 號", "ap ki be fa"),
    Branch("zhongxiao", "忠孝店", "遠嶼廣場忠孝館", "台北市", "台北市大安區忠孝東路四段 260 號", "ap sl be au"),
    Branch("zhanqian", "站前店", "匯川時代站前館", "台北市", "台北市中正區忠孝西路一段 30 號", "ki be ou"),
    Branch("tianmu", "天母店", "和野百貨天母館", "台北市", "台北市士林區中山北路六段 120 號", "ap ki sl ba"),
    Branch("neihu", "內湖店", "森丘購物中心", "台北市", "台北市內湖區成功路四段 180 號", "ap ba ou"),
    Branch("nangang", "南港店", "禾日購物中心南港館", "台北市", "台北市南港區經貿二路 77 號", "au ou fa"),
    Branch("banqiao", "板橋店", "遠嶼廣場板橋館", "新北市", "新北市板橋區新站路 36 號", "ap ki sl be"),
    Branch("zhonghe", "中和店", "森丘生活中和館", "新北市", "新北市中和區中山路三段 150 號", "ki ba"),
    Branch("xindian", "新店店", "禾日購物中心新店館", "新北市", "新北市新店區中興路三段 70 號", "ap ki be"),
    Branch("linkou", "林口店", "北濱暢貨中心", "新北市", "新北市林口區文化三路一段 420 號", "sl ou au"),
    Branch("danshui", "淡水店", "河岸生活廣場", "新北市", "新北市淡水區中正東路二段 90 號", "ou be"),
    Branch("keelung", "基隆店", "港灣生活廣場", "基隆市", "基隆市中正區信二路 55 號", "ap be"),
    Branch("taoyuan", "桃園店", "晴川百貨桃園館", "桃園市", "桃園市桃園區中正路 66 號", "ap ki sl be"),
    Branch("zhongli", "中壢店", "匯川時代中壢館", "桃園市", "桃園市中壢區元化路 260 號", "ap ba fa"),
    Branch("qingpu", "青埔店", "北濱暢貨中心青埔館", "桃園市", "桃園市中壢區春德路 180 號", "ou fa"),
    Branch("hsinchu", "新竹店", "和野百貨新竹館", "新竹市", "新竹市東區中央路 240 號", "ap ki au be"),
    Branch("zhubei", "竹北店", "森丘購物中心竹北館", "新竹縣", "新竹縣竹北市光明六路東一段 100 號", "sl ba"),
    Branch("taichung", "台中店", "晴川百貨台中館", "台中市", "台中市西屯區臺灣大道三段 310 號", "ap ki sl be fa"),
    Branch("wenxin", "文心店", "禾日購物中心文心館", "台中市", "台中市南屯區文心路一段 500 號", "ki ba ou"),
    Branch("changhua", "彰化店", "稻光生活廣場", "彰化縣", "彰化縣彰化市中正路二段 320 號", "ap"),
    Branch("chiayi", "嘉義店", "稻光百貨嘉義館", "嘉義市", "嘉義市西區文化路 290 號", "ap be"),
    Branch("tainan", "台南店", "府前百貨", "台南市", "台南市中西區西門路一段 650 號", "ap sl be"),
    Branch("zuoying", "左營店", "匯川時代左營館", "高雄市", "高雄市左營區高鐵路 120 號", "ap ki be au"),
    Branch("sanduo", "三多店", "海望百貨", "高雄市", "高雄市苓雅區三多三路 200 號", "ki fa"),
    Branch("yilan", "宜蘭店", "蘭陽生活廣場", "宜蘭縣", "宜蘭縣宜蘭市民權路二段 35 號", "ap"),
)

SHOPS = (
    # code, name, market, region, address, phone, brands
    ("jp-ginza", "銀座店", "jp", "東京都", "東京都中央区銀座 4-11-2", "03-5550-0142"),
    ("jp-daikanyama", "代官山店", "jp", "東京都", "東京都渋谷区猿楽町 18-9", "03-5550-0177"),
    ("jp-umeda", "梅田店", "jp", "大阪府", "大阪府大阪市北区角田町 5-15", "06-5550-0131"),
    ("jp-hakata", "博多店", "jp", "福岡県", "福岡県福岡市博多区博多駅中央街 3-8", "092-555-0126"),
    ("cn-jingan", "静安店", "cn", "上海市", "上海市静安区南京西路 1788 号", "021-5550-0118"),
)
COORDINATES = {
    "xinyi": Coordinates(25.0360, 121.5670),
    "nanxi": Coordinates(25.0523, 121.5206),
    "zhongxiao": Coordinates(25.0414, 121.5560),
    "zhanqian": Coordinates(25.0460, 121.5163),
    "tianmu": Coordinates(25.1080, 121.5254),
    "neihu": Coordinates(25.0840, 121.5940),
    "nangang": Coordinates(25.0590, 121.6170),
    "banqiao": Coordinates(25.0150, 121.4660),
    "zhonghe": Coordinates(25.0020, 121.4960),
    "xindian": Coordinates(24.9790, 121.5460),
    "linkou": Coordinates(25.0710, 121.3650),
    "danshui": Coordinates(25.1500, 121.4600),
    "keelung": Coordinates(25.1310, 121.7440),
    "taoyuan": Coordinates(24.9900, 121.3130),
    "zhongli": Coordinates(24.9605, 121.2240),
    "qingpu": Coordinates(25.0157, 121.2137),
    "hsinchu": Coordinates(24.8096, 120.9748),
    "zhubei": Coordinates(24.8220, 121.0180),
    "taichung": Coordinates(24.1645, 120.6440),
    "wenxin": Coordinates(24.1520, 120.6470),
    "changhua": Coordinates(24.0800, 120.5440),
    "chiayi": Coordinates(23.4790, 120.4495),
    "tainan": Coordinates(22.9866, 120.1985),
    "zuoying": Coordinates(22.6878, 120.3077),
    "sanduo": Coordinates(22.6138, 120.3050),
    "yilan": Coordinates(24.7542, 121.7511),
    "jp-ginza": Coordinates(35.6700, 139.7670),
    "jp-daikanyama": Coordinates(35.6490, 139.6995),
    "jp-umeda": Coordinates(34.7030, 135.5000),
    "jp-hakata": Coordinates(33.5885, 130.4200),
    "cn-jingan": Coordinates(31.2235, 121.4450),
}
"""Of such a street, by the code of the branch or shop."""
ONLINE = ("online", "線上購物", "tw")
OUTSIDE = (("market-haowu", "好物市集", "tw"), ("tv-wanan", "晚安購物台", "tw"))

DEPARTMENTS = (
    # code, name, market (empty: the whole company)
    ("care-tw", "客服中心", "tw"),
    ("care-jp", "カスタマーサービス", "jp"),
    ("repair", "維修中心", "tw"),
    ("orders", "線上訂單", "tw"),
    ("marketing", "行銷部", ""),
    ("hq", "總公司", ""),
)

OPENING_HOURS = {"tw": "11:00–21:30", "jp": "10:30–20:00", "cn": "10:00–22:00"}
