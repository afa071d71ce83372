"""Sentences that staff send often, and the words by which customers are sorted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    title: str
    text: str
    shortcut: str = ""
    locale: str = "zh-hant"
    brand: str = ""
    store: str = ""
    is_own: bool = False


PHRASES = (
    Phrase("問候", "{customer}您好，我是{store}的{me}，很高興為您服務😊", "hi"),
    Phrase("請稍候", "好的，幫您查詢中，請稍等我一下", "wait"),
    Phrase("久候致歉", "{customer}您好，不好意思讓您久等了🙇", "sorry"),
    Phrase("保留商品", "已經幫您保留到明天營業結束，到櫃上報姓名就可以囉", "hold"),
    Phrase("貨到通知", "{customer}您好，您要的商品到囉，隨時可以過來取😊", "arrived"),
    Phrase("營業時間", "{store}的營業時間是 11:00–21:30，假日照常營業", "hours"),
    Phrase("請提供訂單編號", "方便提供訂單編號嗎？馬上幫您查詢", "order"),
    Phrase("請拍序號", "麻煩拍一下機身背面的序號貼紙，這樣可以直接幫您確認保固", "serial"),
    Phrase("轉交維修", "我幫您轉給維修同仁，接下來由他們在這裡與您聯絡", "repair"),
    Phrase("退換貨說明", "七天鑑賞期內都可以退換，請保留完整包裝，物流會到府收件", "return"),
    Phrase("會員點數", "點數每一點可以折抵一元，效期到明年年底", "points"),
    Phrase("禮物包裝", "包裝免費，有米白和墨綠兩種紙，也可以附手寫小卡", "gift"),
    Phrase("結束", "那先不打擾您，之後有任何需要都可以在這裡找我們，謝謝您🙏", "bye"),
    Phrase("停車", "B3、B4 都可以停，消費滿額可以折抵，櫃上可以幫您蓋章", "parking", store="xinyi-ap"),
    Phrase("信義店位置", "我們在晴川百貨信義館 8F，手扶梯上來右手邊就看到了", "where", store="xinyi-ap"),
    Phrase(
        "濾網更換", "濾網建議每個月清潔一次、一年更換一次，清洗請用冷水並完全陰乾 24 小時", "filter", brand="velora"
    ),
    Phrase("V12 濾網價格", "V12 原廠濾網組 NT$1,280，信義店與線上購物都有現貨", "v12", brand="velora"),
    Phrase("清淨機濾心", "A7 複合濾心建議一年更換，家裡有寵物的話前濾網兩週吸一次", "a7", brand="aerino"),
    Phrase("濾芯更換", "三道濾芯建議一起更換，旋轉卡式，自己換大約三分鐘", "m3", brand="mizune"),
    Phrase("床墊試睡", "到貨後 60 天內不適合都可以換硬度或退貨，保留原包裝即可", "trial", brand="kumone"),
    Phrase("敏感肌", "不含酒精與香精，建議先在手腕內側試用一天", "skin", brand="kinbi"),
    Phrase("刻字服務", "英文 20 字以內免費刻字，現場約 30 分鐘；中文需要三天", "engrave", brand="sumiri"),
    Phrase("咖啡機除垢", "用一顆除垢錠加滿水箱，按住中間鍵 5 秒進入除垢，約 20 分鐘", "descale", brand="shido"),
    Phrase("烤盤清潔", "先泡溫水十分鐘再用海綿擦拭，不要用鋼刷，塗層才不會刮傷", "tray", brand="nordka"),
    Phrase("我的聯絡時間", "我的上班時間是週二到週六 10:00–19:00，這段時間由我親自回覆您", "me", is_own=True),
    Phrase("ごあいさつ", "{customer}様、お問い合わせありがとうございます。{store}の{me}でございます", "hi", "ja"),
    Phrase("少々お待ちください", "お調べいたしますので、少々お待ちくださいませ", "wait", "ja"),
    Phrase("お詫び", "ご不便をおかけし、誠に申し訳ございません", "sorry", "ja"),
    Phrase("お取り置き", "明日の閉店までお取り置きいたします。店頭でお名前をお伝えください", "hold", "ja"),
    Phrase("免税", "パスポートをお持ちいただければ、店頭で免税のお手続きをいたします", "taxfree", "ja"),
    Phrase("結び", "またご不明な点がございましたら、いつでもご連絡ください", "bye", "ja"),
    Phrase("Greeting", "Hello {customer}, this is {me} from {store}. How can I help you?", "hi", "en"),
    Phrase(
        "Tax refund",
        "You can get a tax refund with your passport for purchases over NT$2,000 on the same day",
        "tax",
        "en",
    ),
)

TAGS = (
    *("VIP", "濾網", "濾芯", "維修", "退換貨", "客訴", "送禮", "會員", "調貨", "舊機回收", "新居", "寵物家庭"),
    *("育兒家庭", "過敏體質", "日本旅客", "企業採購", "週年慶預購", "不收活動訊息"),
)
