// The stroked icons of the pages: 24 units, drawn with the current colour.
import { s } from "./dom.js";

const PATHS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4",
  plus: "M12 5v14M5 12h14",
  camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 16.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7z",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9h.01",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M7.500 14h9",
  smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.500 14.500c1 1.200 2.100 1.700 3.500 1.700s2.500-.500 3.500-1.700M9 9.500v.6M15 9.500v.6",
  send: "M4 12l16-7-5 15-4-6z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  pin: "M12 21s-7-6-7-11a7 7 0 0 1 14 0c0 5-7 11-7 11zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  video: "M3 6h12v12H3zM15 11l6-4v10l-6-4z",
  microphone: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v4",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  reply: "M9 7L4 12l5 5M4 12h9a7 7 0 0 1 7 7",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  undo: "M4 9h11a5 5 0 0 1 0 10h-3M4 9l4-4M4 9l4 4",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
  chat: "M4 5h16v12H10l-5 4v-4H4z",
  addFriend: "M10 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM3 21c.500-4 3-6.500 7-6.500 1.500 0 2.800.4 4 1M18 14v6M15 17h6",
  scan: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M7 12h10",
  link: "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 6 6l1-1",
  block: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM6 6l12 12",
  down: "M6 9l6 6 6-6",
  up: "M6 15l6-6 6 6",
  check: "M5 13l5 5 9-11",
  retry: "M19 12a7 7 0 1 1-2-5l2 2M19 4v5h-5",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.500 1.500M17.500 17.500L19 19M5 19l1.500-1.500M17.500 6.500L19 5",
  moon: "M20 14a8 8 0 0 1-10-10 8 8 0 1 0 10 10z",
  auto: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.500 2h-15zM10 21h4",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
  gift: "M4 9h16v4H4zM6 13v7h12v-7M12 9v11M12 9c-5 0-5-5-2.500-5S12 9 12 9zM12 9c5 0 5-5 2.500-5S12 9 12 9z",
};

/** The icon `name`, hidden from screen readers: whatever holds it carries the words. */
export function icon(name, size = 22) {
  return s(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", focusable: "false" },
    s("path", { d: PATHS[name] }),
  );
}
