// Places to send, and a drawn map of anywhere: streets made from the coordinates, so that it works without a network.
import { s } from "./dom.js";
import { language } from "./words.js";

const CHINESE = [
  { title: "台北 101", address: "台北市信義區信義路五段 7 號", latitude: 25.03396, longitude: 121.56447 },
  { title: "台北車站", address: "台北市中正區北平西路 3 號", latitude: 25.04777, longitude: 121.51702 },
  { title: "台中國家歌劇院", address: "台中市西屯區惠來路二段 101 號", latitude: 24.16277, longitude: 120.64031 },
  { title: "高雄駁二藝術特區", address: "高雄市鹽埕區大勇路 1 號", latitude: 22.62009, longitude: 120.28152 },
];
const JAPANESE = [
  { title: "東京駅", address: "東京都千代田区丸の内1丁目", latitude: 35.68124, longitude: 139.76713 },
  { title: "銀座四丁目交差点", address: "東京都中央区銀座4丁目", latitude: 35.67124, longitude: 139.76505 },
  { title: "大阪駅", address: "大阪府大阪市北区梅田3丁目", latitude: 34.70249, longitude: 135.49595 },
];

/** What the location picker offers, the reader's own country first. */
export const PLACES = language === "ja" ? [...JAPANESE, ...CHINESE] : [...CHINESE, ...JAPANESE];

/** A picture of streets with a pin. The same coordinates always give the same picture. */
export function map(latitude, longitude) {
  const next = random(latitude, longitude);
  const turn = next() * 40 - 20;
  const streets = [];
  const blocks = [];
  for (let at = -120, wide = false; at < 320; at += 24 + next() * 26, wide = next() > 0.72) {
    streets.push(street(`M${at} -120V320`, wide), street(`M-120 ${at}H320`, next() > 0.8));
  }
  for (let count = 0; count < 16; count += 1) {
    const green = next() > 0.6;
    blocks.push(s("rect", { x: next() * 240 - 20, y: next() * 150 - 20, width: 18 + next() * 34, height: 14 + next() * 26, rx: 3, class: green ? "park" : "house" }));
  }
  const river = `M-40 ${20 + next() * 90}C60 ${next() * 120} 120 ${60 + next() * 80} 280 ${next() * 130}`;
  return s(
    "svg",
    { class: "map", viewBox: "0 0 220 120", preserveAspectRatio: "xMidYMid slice", "aria-hidden": "true" },
    s("rect", { width: 220, height: 120, class: "land" }),
    s("g", { transform: `rotate(${turn.toFixed(1)} 110 60)` }, blocks, next() > 0.45 ? s("path", { d: river, class: "river" }) : null, streets),
    s("ellipse", { cx: 110, cy: 74, rx: 9, ry: 3, class: "pin-shadow" }),
    s("path", { d: "M110 74s-15-15-15-27a15 15 0 0 1 30 0c0 12-15 27-15 27z", class: "pin" }),
    s("circle", { cx: 110, cy: 47, r: 5.5, class: "pin-eye" }),
  );
}

const street = (d, wide) => s("path", { d, class: wide ? "street wide" : "street" });

/** A small generator of numbers in [0, 1) from two coordinates (mulberry32). */
function random(latitude, longitude) {
  let seed = (Math.round(latitude * 1e4) * 73_856_093) ^ (Math.round(longitude * 1e4) * 19_349_663);
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let value = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}
