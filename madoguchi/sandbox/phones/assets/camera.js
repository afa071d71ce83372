// The camera: since a simulated phone has none, it looks at drawn scenes and takes a real JPEG of the one in view.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { button, cover } from "./sheet.js";
import { t } from "./words.js";

const WIDTH = 960;
const HEIGHT = 1280;

const SCENES = [
  { id: "filter", draw: drawFilter },
  { id: "receipt", draw: drawReceipt },
  { id: "cup", draw: drawCup },
];

/** Open the camera; `taken(file)` gets the photograph. */
export function shoot(phone, taken) {
  let index = 0;
  const finder = h("canvas", { width: WIDTH, height: HEIGHT, class: "finder" });
  const name = h("p", { class: "scene" });
  const look = (step) => {
    index = (index + step + SCENES.length) % SCENES.length;
    const pen = finder.getContext("2d");
    pen.reset();
    SCENES[index].draw(pen);
    name.textContent = t(`scene.${SCENES[index].id}`);
    finder.setAttribute("aria-label", name.textContent);
  };
  const take = () =>
    finder.toBlob(
      (blob) => {
        close();
        taken(new File([blob], `photo-${SCENES[index].id}.jpg`, { type: "image/jpeg" }));
      },
      "image/jpeg",
      0.86,
    );
  const close = cover(
    phone,
    { label: t("attach.camera"), kind: "full camera" },
    h("header", {}, button("close", t("close"), () => close())),
    finder,
    name,
    h(
      "footer",
      {},
      button("back", t("scene.before"), () => look(-1)),
      h("button", { type: "button", class: "shutter", "aria-label": t("camera.take"), autofocus: true, onclick: take }),
      h("button", { type: "button", class: "icon-button next", "aria-label": t("scene.after"), onclick: () => look(1) }, icon("back")),
    ),
  );
  look(0);
}

function table(pen, from, to) {
  const wood = pen.createLinearGradient(0, 0, WIDTH, HEIGHT);
  wood.addColorStop(0, from);
  wood.addColorStop(1, to);
  pen.fillStyle = wood;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.strokeStyle = "rgba(60, 30, 10, .07)";
  pen.lineWidth = 5;
  for (let y = 30; y < HEIGHT; y += 54) {
    pen.beginPath();
    pen.moveTo(0, y);
    pen.bezierCurveTo(300, y + 24, 620, y - 24, WIDTH, y + 12);
    pen.stroke();
  }
}

function shadow(pen, strength = 0.35) {
  pen.shadowColor = `rgba(20, 15, 10, ${strength})`;
  pen.shadowBlur = 60;
  pen.shadowOffsetY = 26;
}

function still(pen) {
  pen.shadowColor = "transparent";
}

function drawFilter(pen) {
  table(pen, "#d9c3a5", "#b99a75");
  pen.translate(WIDTH / 2, HEIGHT / 2);
  pen.rotate(-0.12);
  shadow(pen);
  pen.fillStyle = "#3b4252";
  pen.beginPath();
  pen.roundRect(-240, -400, 480, 800, 90);
  pen.fill();
  still(pen);
  pen.fillStyle = "#e7e3da";
  pen.beginPath();
  pen.roundRect(-190, -340, 380, 680, 50);
  pen.fill();
  pen.strokeStyle = "#a79f90";
  pen.lineWidth = 9;
  for (let x = -168; x <= 168; x += 24) {
    pen.beginPath();
    pen.moveTo(x, -330);
    pen.lineTo(x, 330);
    pen.stroke();
  }
  for (let grain = 0; grain < 900; grain += 1) {
    const angle = grain * 2.399;
    const reach = Math.sqrt(grain) * 11;
    pen.fillStyle = `rgba(70, 62, 52, ${0.5 - reach / 900})`;
    pen.beginPath();
    pen.arc(Math.cos(angle) * reach * 0.55, Math.sin(angle) * reach, 5 + (grain % 5), 0, 7);
    pen.fill();
  }
}

function drawReceipt(pen) {
  table(pen, "#8a94a6", "#5d6779");
  pen.translate(WIDTH / 2, HEIGHT / 2);
  pen.rotate(0.06);
  shadow(pen);
  pen.fillStyle = "#fdfcf7";
  pen.fillRect(-290, -540, 580, 1080);
  still(pen);
  pen.fillStyle = "#333";
  pen.textAlign = "center";
  pen.font = "700 54px sans-serif";
  pen.fillText(t("scene.receipt.shop"), 0, -430);
  pen.font = "34px monospace";
  pen.fillText("2026-11-07 14:32", 0, -366);
  const lines = [["V12", "12,900"], ["FILTER ×2", "1,280"], ["BRUSH", "890"]];
  lines.forEach(([item, price], index) => {
    pen.textAlign = "left";
    pen.fillText(item, -230, -240 + index * 74);
    pen.textAlign = "right";
    pen.fillText(price, 230, -240 + index * 74);
  });
  pen.setLineDash([14, 10]);
  pen.strokeStyle = "#888";
  pen.lineWidth = 3;
  pen.strokeRect(-230, 20, 460, 0);
  pen.font = "700 46px monospace";
  pen.fillText("NT$15,070", 230, 100);
  pen.fillStyle = "#222";
  for (let bar = 0, x = -220; x < 220; bar += 1) {
    const width = 3 + ((bar * 7) % 5) * 2;
    pen.fillRect(x, 220, width, 170);
    x += width + 4 + ((bar * 5) % 4) * 2;
  }
}

function drawCup(pen) {
  table(pen, "#e9e4dc", "#cfc7ba");
  shadow(pen, 0.28);
  pen.fillStyle = "#5a86a8";
  pen.beginPath();
  pen.roundRect(250, 360, 400, 560, [30, 30, 130, 130]);
  pen.fill();
  still(pen);
  pen.strokeStyle = "#5a86a8";
  pen.lineWidth = 54;
  pen.beginPath();
  pen.arc(660, 600, 110, -1.3, 1.5);
  pen.stroke();
  pen.fillStyle = "#40688a";
  pen.beginPath();
  pen.ellipse(450, 372, 200, 52, 0, 0, 7);
  pen.fill();
  pen.fillStyle = "rgba(255, 255, 255, .16)";
  pen.fillRect(300, 450, 46, 360);
  pen.strokeStyle = "#1f3547";
  pen.lineWidth = 9;
  pen.lineJoin = "round";
  pen.beginPath();
  pen.moveTo(520, 400);
  for (const [x, y] of [[500, 480], [540, 540], [490, 620], [525, 700], [480, 790]]) pen.lineTo(x, y);
  pen.moveTo(540, 540);
  pen.lineTo(598, 585);
  pen.stroke();
}
