"""The words of the login and linking pages."""

from aiohttp import web

WORDS: dict[str, dict[str, str]] = {
    "zh-Hant": {
        "who": "要以誰的身分繼續?",
        "login": "登入「{name}」",
        "allow": "允許",
        "cancel": "取消",
        "add": "同時將「{name}」加入好友",
        "link": "與「{name}」連結帳號",
        "link_explain": "「{person}」的 LINE 帳號將與此服務的會員帳號連結。",
        "confirm": "連結",
        "expired": "此連結已失效,請回到聊天室重新取得。",
        "invalid": "要求不正確:{reason}",
    },
    "zh-Hans": {
        "who": "要以谁的身份继续?",
        "login": "登录“{name}”",
        "allow": "允许",
        "cancel": "取消",
        "add": "同时将“{name}”加为好友",
        "link": "与“{name}”关联账号",
        "link_explain": "“{person}”的 LINE 账号将与此服务的会员账号关联。",
        "confirm": "关联",
        "expired": "此链接已失效,请返回聊天重新获取。",
        "invalid": "请求不正确:{reason}",
    },
    "ja": {
        "who": "どなたとして続けますか?",
        "login": "「{name}」にログイン",
        "allow": "許可する",
        "cancel": "キャンセル",
        "add": "「{name}」を友だち追加する",
        "link": "「{name}」とアカウントを連携",
        "link_explain": "「{person}」の LINE アカウントを、このサービスの会員アカウントと連携します。",
        "confirm": "連携する",
        "expired": "このリンクは無効です。トークに戻ってもう一度お試しください。",
        "invalid": "リクエストが正しくありません:{reason}",
    },
    "en": {
        "who": "Continue as whom?",
        "login": "Log in to “{name}”",
        "allow": "Allow",
        "cancel": "Cancel",
        "add": "Also add “{name}” as a friend",
        "link": "Link your account with “{name}”",
        "link_explain": "The LINE account of “{person}” will be linked with your member account of this service.",
        "confirm": "Link",
        "expired": "This link is no longer valid. Go back to the chat and ask for a new one.",
        "invalid": "The request is not correct: {reason}",
    },
}


def language_of(request: web.Request) -> str:
    """By `ui_locales`, as LINE Login has it, else by the browser; Traditional Chinese when neither fits."""
    asked = request.query.get("ui_locales", "") + " " + request.headers.get("Accept-Language", "").replace(",", " ")
    for tag in asked.split():
        parts = tag.split(";")[0].lower().split("-")
        if parts[0] == "zh":
            return "zh-Hans" if {"hans", "cn", "sg"} & set(parts) else "zh-Hant"
        if parts[0] in WORDS:
            return parts[0]
    return "zh-Hant"
