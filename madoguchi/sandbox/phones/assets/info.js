// What LINE tells about an account, and blocking it.
import * as api from "./api.js";
import { avatar, h } from "./dom.js";
import { icon } from "./icons.js";
import { addLink } from "./links.js";
import { button, confirm } from "./sheet.js";
import { t } from "./words.js";

export class InfoScreen {
  constructor(phone, channelId) {
    this.phone = phone;
    this.channelId = channelId;
    this.body = h("div", { class: "info-body" });
    this.element = h(
      "div",
      { class: "info" },
      h("header", { class: "plain-bar" }, button("back", t("back"), () => phone.back()), h("h2", {}, t("info.title"))),
      this.body,
    );
  }

  entered() {
    this.listed();
  }

  listed() {
    const row = this.phone.account(this.channelId);
    const channel = this.phone.desk.channels.get(this.channelId);
    const { personId } = this.phone.person;
    const act = (name, label, run, danger) =>
      h("button", { type: "button", class: danger ? "danger" : null, onclick: () => this.#try(run) }, icon(name, 20), label);
    const blockNow = async () => {
      if (await confirm(this.phone, t("block.sure", { name: row.name }), t("block"))) await api.block(personId, this.channelId);
    };
    this.body.replaceChildren(
      avatar({ id: this.channelId, name: row.name, url: row.iconUrl }, 92),
      h("b", { class: "info-name" }, row.name),
      h("small", { class: "num" }, channel.basicId),
      h("p", { class: "state" }, t(`friendship.${row.friendship}`)),
      h("div", { class: "info-actions" }, [
        row.friendship === "never" && act("addFriend", t("add.add"), () => api.add(personId, this.channelId)),
        row.friendship === "blocked"
          ? act("check", t("unblock"), () => api.unblock(personId, this.channelId))
          : act("block", t("block"), blockNow, true),
      ]),
      h("img", { class: "info-code", src: api.qr(addLink(channel.basicId)), alt: t("info.code"), width: 148, height: 148 }),
    );
  }

  async #try(run) {
    try {
      await run();
      await this.phone.refresh(this.channelId);
    } catch (error) {
      this.phone.failed(error);
    }
  }
}
