"""The 29 brands of the fictional group, and what they sell. None of them exists.

Prices are New Taiwan dollars; Japanese and English names are given where the brand is sold in Japan.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    name: str
    price: int
    ja: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class BrandSpec:
    """``part`` is what wears out or is refilled: customers ask for it more than for anything else."""

    code: str
    name: str
    latin: str
    mark: str
    color: str
    kind: str
    """Which dialogues fit; see ``KINDS``."""
    products: tuple[Product, ...]
    part: Product
    in_japan: bool = False

    @property
    def sender_name(self) -> str:
        """What LINE shows above a bubble: at most 20 characters."""
        return f"{self.name} {self.latin}"

    @property
    def category(self) -> str:
        return KINDS[self.kind]


KINDS = {
    "home": "生活家電",
    "kitchen": "廚房",
    "air": "空氣與水",
    "audio": "音響",
    "beauty": "美容保養",
    "sleep": "寢具睡眠",
    "baby": "嬰幼兒",
    "outdoor": "戶外休閒",
    "watch": "鐘錶",
    "eyewear": "眼鏡",
    "stationery": "文具",
    "coffee": "咖啡與茶",
    "pets": "寵物",
    "scent": "居家香氛",
    "travel": "旅行箱包",
}

P = Product
BRANDS: tuple[BrandSpec, ...] = (
    BrandSpec(
        "velora", "維洛", "VELORA", "V", "#6a3fa0", "home",
        (P("無線吸塵器 V12", 16900, "コードレス掃除機 V12", "V12 cordless vacuum"), P("掃拖機器人 R5", 21900),
         P("手持掛燙機 S3", 3280)),
        P("V12 原廠濾網組", 1280, "V12 純正フィルター", "V12 filter set"), in_japan=True,
    ),
    BrandSpec(
        "hausel", "暖屋", "HAUSEL", "H", "#a34a28", "home",
        (P("陶瓷電暖器 H2", 4980), P("12 公升除濕機", 9800), P("直流循環扇", 3680)), P("防塵濾網", 390),
    ),
    BrandSpec(
        "nordka", "北歐廚", "NORDKA", "N", "#2f7d4f", "kitchen",
        (P("氣炸烤箱 O3", 6990), P("電子壓力鍋 P8", 5680), P("桌上攪拌機 M1", 8900)), P("O3 烤盤組", 680),
    ),
    BrandSpec(
        "tanmi", "鍛味", "TANMI", "鍛", "#80452a", "kitchen",
        (P("22 公分鑄鐵燉鍋", 5980), P("28 公分不沾平底鍋", 2680), P("三德刀 18 公分", 3200)), P("實木鍋柄", 520),
    ),
    BrandSpec(
        "petito", "小食光", "PETITO", "食", "#b1461a", "kitchen",
        (P("隨行果汁機 J1", 1980), P("四人份電子鍋", 3480), P("雙層蒸氣便當盒", 1580)), P("替換杯組", 450),
    ),
    BrandSpec(
        "aerino", "淨野", "AERINO", "A", "#1f6f9c", "air",
        (P("空氣清淨機 A7", 12900, "空気清浄機 A7", "A7 air purifier"),
         P("蒸發式加濕器 W2", 4680, "気化式加湿器 W2", "W2 humidifier")),
        P("A7 複合濾心", 1680, "A7 交換フィルター", "A7 replacement filter"), in_japan=True,
    ),
    BrandSpec(
        "mizune", "泉序", "MIZUNE", "泉", "#0f727a", "air",
        (P("櫥下淨水器 M3", 13800), P("瞬熱開飲機 T5", 7980)), P("M3 三道濾芯組", 2480),
    ),
    BrandSpec(
        "sonabay", "聆岸", "SONABAY", "聆", "#33415c", "audio",
        (P("降噪耳機 N20", 6480), P("藍牙喇叭 Reef", 3980), P("聲霸 Bar 5", 9900)), P("記憶耳塞組", 390),
    ),
    BrandSpec(
        "grooven", "黑膠間", "GROOVEN", "G", "#5b2333", "audio",
        (P("直驅唱盤 D1", 15800), P("書架喇叭 B4", 12800)), P("替換唱針", 2200),
    ),
    BrandSpec(
        "kinbi", "槿日", "KINBI", "K", "#a83f6f", "beauty",
        (P("木槿保濕精華 30ml", 2280, "むくげ保湿美容液 30ml", "hibiscus serum 30ml"),
         P("晨露化妝水", 1280, "朝露ローション", "morning dew lotion"),
         P("輕盈防曬乳", 980, "軽やかUVミルク", "light UV milk")),
        P("化妝水補充瓶", 980, "ローション詰め替え", "lotion refill"), in_japan=True,
    ),
    BrandSpec(
        "lotia", "淨荷", "LOTIA", "荷", "#b03a48", "beauty",
        (P("負離子吹風機 L9", 5980), P("音波潔膚儀", 3680)), P("潔膚刷頭兩入", 760),
    ),
    BrandSpec(
        "hinoka", "檜沐", "HINOKA", "檜", "#4f6b2c", "beauty",
        (P("檜木沐浴露 500ml", 680), P("草本洗髮精 500ml", 720), P("護手霜三入禮盒", 980)), P("沐浴露補充包", 420),
    ),
    BrandSpec(
        "kumone", "雲眠", "KUMONE", "雲", "#3d5a99", "sleep",
        (P("雲感獨立筒床墊 雙人", 32800, "クラウドマットレス ダブル", "Cloud mattress, double"),
         P("深眠記憶枕", 2680, "深眠まくら", "Deep Sleep pillow"),
         P("90% 羽絨被", 12800, "羽毛布団 90%", "down duvet")),
        P("記憶枕枕套", 680, "まくらカバー", "pillow case"), in_japan=True,
    ),
    BrandSpec(
        "mendora", "棉朵", "MENDORA", "棉", "#7a5c86", "sleep",
        (P("天絲床包組 雙人", 4280), P("有機棉浴巾", 880), P("四季薄被", 3280)), P("防水保潔墊", 1280),
    ),
    BrandSpec(
        "sprouti", "小樹芽", "SPROUTI", "芽", "#3a7638", "baby",
        (P("輕量嬰兒推車 S1", 9800), P("成長餐椅", 5980), P("0–4 歲安全座椅", 13800)), P("推車雨罩", 780),
    ),
    BrandSpec(
        "hoshini", "星寶寶", "HOSHINI", "星", "#b04a1e", "baby",
        (P("恆溫調乳器", 2680), P("防脹氣奶瓶兩入", 780), P("月亮哺乳枕", 1580)), P("奶嘴四入", 320),
    ),
    BrandSpec(
        "yamavo", "山行者", "YAMAVO", "Y", "#58681e", "outdoor",
        (P("45 公升登山背包", 6480), P("輕羽絨外套", 5280), P("三季兩人帳", 8800)), P("背包防水套", 590),
    ),
    BrandSpec(
        "namihi", "浪日", "NAMIHI", "浪", "#0d6a92", "outdoor",
        (P("抗 UV 水母衣", 1980), P("20 公升保冷袋", 1680), P("快乾浴袍毛巾", 1280)), P("替換背帶", 350),
    ),
    BrandSpec(
        "rodano", "騎跡", "RODANO", "R", "#9a3412", "outdoor",
        (P("通勤安全帽 C2", 2480), P("USB 車燈組", 1180), P("車用水壺背包", 1980)), P("安全帽內襯", 280),
    ),
    BrandSpec(
        "tokino", "時野", "TOKINO", "時", "#3b3b4f", "watch",
        (P("自動機械錶 T1", 18800, "自動巻き時計 T1", "T1 automatic watch"),
         P("太陽能錶 Field", 8800, "ソーラー時計 Field", "Field solar watch")),
        P("真皮錶帶 20mm", 1200, "本革ベルト 20mm", "20 mm leather strap"), in_japan=True,
    ),
    BrandSpec(
        "lemonte", "萊蒙", "LEMONTE", "L", "#7b2d43", "watch",
        (P("珍珠母貝女錶", 9800), P("小方錶 Carré", 7600)), P("小牛皮錶帶 14mm", 1500),
    ),
    BrandSpec(
        "mihiro", "見日", "MIHIRO", "見", "#2b5f75", "eyewear",
        (P("鈦輕鏡框 T20", 5800), P("偏光太陽眼鏡", 4200), P("抗藍光鏡片", 2400)), P("矽膠鼻墊", 200),
    ),
    BrandSpec(
        "sumiri", "墨里", "SUMIRI", "墨", "#26476b", "stationery",
        (P("14K 鋼筆 No.7", 5800, "14金万年筆 No.7", "No.7 fountain pen"),
         P("四季墨水 30ml", 480, "四季インク 30ml", "seasonal ink 30ml")),
        P("旋轉吸墨器", 250, "コンバーター", "ink converter"), in_japan=True,
    ),
    BrandSpec(
        "kamima", "紙間", "KAMIMA", "紙", "#80601c", "stationery",
        (P("一日一頁手帳 A5", 980), P("信紙禮盒", 680), P("皮革筆袋", 1480)), P("A5 補充內頁", 180),
    ),
    BrandSpec(
        "shido", "拾豆", "SHIDO", "豆", "#6b3e26", "coffee",
        (P("半自動咖啡機 E3", 18900, "エスプレッソマシン E3", "E3 espresso machine"),
         P("錐刀磨豆機 G2", 5980, "コーヒーグラインダー G2", "G2 coffee grinder"),
         P("阿里山日曬豆 200g", 620, "阿里山ナチュラル 200g", "Alishan natural beans 200g")),
        P("E3 除垢錠", 380, "E3 石灰除去タブレット", "E3 descaling tablets"), in_japan=True,
    ),
    BrandSpec(
        "teain", "茶隱", "TEAIN", "茶", "#3c6e47", "coffee",
        (P("高山烏龍 150g", 880), P("冷泡茶禮盒", 760), P("快客茶具組", 1680)), P("原葉茶包補充", 380),
    ),
    BrandSpec(
        "pawlee", "毛日子", "PAWLEE", "毛", "#855a14", "pets",
        (P("自動餵食器 F3", 3680), P("循環飲水機 W1", 1980), P("半罩貓砂盆", 1480)), P("飲水機濾棉三入", 260),
    ),
    BrandSpec(
        "kandeli", "燭里", "KANDELI", "燭", "#7c4a6b", "scent",
        (P("雪松擴香瓶 200ml", 1880), P("大豆蠟燭 無花果", 1280), P("枕頭噴霧", 780)), P("擴香補充液", 980),
    ),
    BrandSpec(
        "tabino", "遠走", "TABINO", "T", "#44546a", "travel",
        (P("29 吋前開行李箱", 8800), P("20 吋登機箱", 5980), P("旅行收納六件組", 1280)), P("靜音輪一對", 650),
    ),
)  # fmt: skip
BY_CODE = {brand.code: brand for brand in BRANDS}
