// Our own small set of stickers: one round face, moods and gestures. Drawn here, part by part.
import { h, s } from "./dom.js";
import { t } from "./words.js";

/** The package that stands for our set; ids of any other package are shown as a neutral tile. */
export const PACKAGE = "90210";

const EYES = {
  open: [circle(44, 52, 4.5), circle(76, 52, 4.5)],
  happy: [stroke("M38 54c2-7 10-7 12 0"), stroke("M70 54c2-7 10-7 12 0")],
  closed: [stroke("M38 51c2 6 10 6 12 0"), stroke("M70 51c2 6 10 6 12 0")],
  wide: [ring(44, 52, 7), ring(76, 52, 7), circle(44, 52, 3), circle(76, 52, 3)],
  sad: [circle(44, 54, 4.5), circle(76, 54, 4.5), stroke("M35 43l12-4"), stroke("M85 43l-12-4")],
  angry: [circle(44, 54, 4.5), circle(76, 54, 4.5), stroke("M36 41l13 5"), stroke("M84 41l-13 5")],
  heart: [heart(44, 52), heart(76, 52)],
  wink: [circle(44, 52, 4.5), stroke("M70 53h12")],
};
const MOUTHS = {
  smile: stroke("M48 68c6 8 18 8 24 0"),
  laugh: shape("M45 65h30c0 20-30 20-30 0z", "mouth"),
  small: stroke("M55 70h10"),
  frown: stroke("M49 75c6-8 16-8 22 0"),
  oh: shape("M60 65a6 8 0 1 0 .1 0z", "mouth"),
  wave: stroke("M46 72c4-6 8 4 13-1s8 4 14-2"),
};
const EXTRAS = {
  wave: [hand("M96 74c6-12 4-24 9-26s6 8 5 14", 0), stroke("M111 40l5-5M115 50l6-2", "accent")],
  thumb: [shape("M86 96c0-10 4-12 8-18 3-5 2-12 6-12 6 0 5 10 3 14h11c4 0 5 6 2 8 3 2 2 6-1 7 2 3 0 6-3 6 1 4-2 6-5 6H94c-5 0-8-4-8-11z", "skin")],
  bow: [stroke("M30 104c10-8 18-8 26-2M90 104c-10-8-18-8-26-2")],
  tear: [shape("M80 62c5 7 6 9 6 12a6 6 0 0 1-12 0c0-3 1-5 6-12z", "water")],
  sweat: [shape("M92 26c5 7 6 9 6 12a6 6 0 0 1-12 0c0-3 1-5 6-12z", "water")],
  question: [text("?", 96, 40)],
  exclamation: [text("!", 98, 40)],
  hearts: [heart(96, 30), heart(108, 48, 0.7), heart(24, 34, 0.8)],
  sparkle: [star(98, 32, 9), star(22, 40, 7), star(106, 56, 5)],
  zzz: [text("z", 92, 40), text("z", 104, 26, 18)],
  check: [shape("M78 84a18 18 0 1 0 36 0 18 18 0 1 0-36 0z", "good"), stroke("M88 85l6 7 11-14", "white")],
  package: [shape("M32 84h56v30H32z", "box"), stroke("M32 94h56M60 84v30", "boxline")],
  clap: [stroke("M20 88l-8-6M18 98l-10 0M100 88l8-6M102 98l10 0", "accent"), shape("M40 92c6-8 14-6 20 0 6-6 14-8 20 0-2 16-38 16-40 0z", "skin")],
  blush: [shape("M28 64a8 5 0 1 0 16 0 8 5 0 1 0-16 0zM76 64a8 5 0 1 0 16 0 8 5 0 1 0-16 0z", "blush")],
};

/** Every sticker: its id within the package, its keyword (a text of the page), the parts of its face. */
export const STICKERS = [
  ["1", "hello", "happy", "laugh", "wave"],
  ["2", "thanks", "closed", "smile", "bow"],
  ["3", "ok", "wink", "smile", "check"],
  ["4", "good", "happy", "smile", "thumb"],
  ["5", "love", "heart", "laugh", "hearts"],
  ["6", "great", "wide", "laugh", "sparkle"],
  ["7", "clap", "happy", "laugh", "clap"],
  ["8", "please", "open", "small", "blush"],
  ["9", "question", "open", "small", "question"],
  ["10", "surprise", "wide", "oh", "exclamation"],
  ["11", "sorry", "sad", "wave", "sweat"],
  ["12", "cry", "sad", "frown", "tear"],
  ["13", "angry", "angry", "frown", "exclamation"],
  ["14", "worry", "sad", "small", "sweat"],
  ["15", "parcel", "happy", "smile", "package"],
  ["16", "night", "closed", "small", "zzz"],
].map(([stickerId, mood, eyes, mouth, extra]) => ({ packageId: PACKAGE, stickerId, mood, eyes, mouth, extra }));

/** The drawing for a sticker message; a neutral tile when the set is not ours. */
export function sticker({ packageId, stickerId }, edge = 112) {
  const found = STICKERS.find((one) => one.packageId === String(packageId) && one.stickerId === String(stickerId));
  if (!found) {
    return h("div", { class: "sticker unknown", role: "img", "aria-label": t("kind.sticker") }, face("open", "smile", null, edge), h("small", { class: "num" }, `${packageId} / ${stickerId}`));
  }
  return h("div", { class: "sticker", role: "img", "aria-label": t("sticker.label", { mood: t(`sticker.${found.mood}`) }) }, face(found.eyes, found.mouth, found.extra, edge));
}

function face(eyes, mouth, extra, edge) {
  return s(
    "svg",
    { viewBox: "0 0 120 120", width: edge, height: edge, "aria-hidden": "true" },
    s("circle", { cx: 60, cy: 60, r: 42, class: "face" }),
    EXTRAS.blush.map(draw),
    EYES[eyes].map(draw),
    draw(MOUTHS[mouth]),
    extra ? EXTRAS[extra].map(draw) : null,
  );
}

// The parts above are descriptions; `draw` makes an element of one, since an element can stand only in one place.
const draw = ([tag, props, content]) => s(tag, props, content);

function circle(cx, cy, r) {
  return ["circle", { cx, cy, r, class: "ink" }];
}

function ring(cx, cy, r) {
  return ["circle", { cx, cy, r, class: "white" }];
}

function stroke(d, kind = "") {
  return ["path", { d, class: `pen ${kind}` }];
}

function shape(d, kind) {
  return ["path", { d, class: kind }];
}

function hand(d) {
  return ["path", { d, class: "pen hand" }];
}

function text(content, x, y, size = 28) {
  return ["text", { x, y, "font-size": size, class: "letter" }, content];
}

function heart(x, y, scale = 1) {
  return ["path", { d: "M0 8C-10 1-8-8-2-7c1 0 2 2 2 2s1-2 2-2c6-1 8 8-2 15z", transform: `translate(${x} ${y}) scale(${scale * 1.2})`, class: "heart" }];
}

function star(x, y, r) {
  return ["path", { d: `M${x} ${y - r}q${r * 0.2} ${r * 0.8} ${r} ${r}q${-r * 0.8} ${r * 0.2} ${-r} ${r}q${-r * 0.2} ${-r * 0.8} ${-r} ${-r}q${r * 0.8} ${-r * 0.2} ${r} ${-r}z`, class: "star" }];
}
