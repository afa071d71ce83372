// Flex messages: boxes in boxes, drawn with CSS flexbox as LINE lays them out
// (developers.line.biz/en/docs/messaging-api/flex-message-layout).
import { act } from "./actions.js";
import { h, picture, setStyle } from "./dom.js";

const SPACE = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const TEXT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const IMAGE = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220, full: "100%" };
const BORDER = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const BUBBLE = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386 };
const GRAVITY = { top: "flex-start", center: "center", bottom: "flex-end" };
const COMPONENTS = { box, text, image, button, separator, filler, spacer, icon, video };

/** A flex container: one bubble, or several to swipe through. */
export function flex(container, chat, altText) {
  const bubbles = container?.type === "carousel" ? container.contents : [container];
  const drawn = bubbles.filter(Boolean).map((one) => flexBubble(one, chat));
  return h("div", { class: drawn.length > 1 ? "flex swipe" : "flex", role: "group", "aria-label": altText, tabindex: drawn.length > 1 ? "0" : null }, drawn);
}

function flexBubble(bubble, chat) {
  const element = h("div", { class: "flex-bubble", dir: bubble.direction ?? "ltr", "data-size": bubble.size ?? "mega", style: { "--bubble": `${BUBBLE[bubble.size] ?? BUBBLE.mega}px` } });
  for (const name of ["header", "hero", "body", "footer"]) {
    const content = bubble[name];
    if (!content) continue;
    const { backgroundColor, separator: line, separatorColor } = bubble.styles?.[name] ?? {};
    const block = h("div", { class: `flex-block flex-${name}`, style: { "background-color": backgroundColor } }, component(content, chat, { layout: "vertical" }, true));
    if (line) setStyle(block, { "border-block-start": `1px solid ${separatorColor ?? "#d4d6da"}` });
    element.append(block);
  }
  clickable(element, bubble.action, chat);
  return element;
}

function component(content, chat, parent, first) {
  const draw = COMPONENTS[content.type];
  if (!draw) return h("span", { hidden: true });
  const element = draw(content, chat, parent);
  place(element, content, parent, first);
  return element;
}

/** What every component has: its share of the parent, its distance from the one before, offsets, its action. */
function place(element, content, parent, first) {
  const across = parent.layout !== "vertical";
  const share = content.flex ?? (across && content.type !== "icon" && !(content.type === "box" && content.width) ? 1 : 0);
  const growing = across ? `${share} ${share} 0px` : `${share} 0 auto`;
  if (content.type === "separator") setStyle(element, { flex: "0 0 auto" });
  else if (content.type !== "filler" && content.type !== "spacer") setStyle(element, { flex: share > 0 ? growing : "0 0 auto", "min-inline-size": across ? "0" : null });
  const gap = content.margin ?? parent.spacing;
  if (!first && gap && content.position !== "absolute") setStyle(element, { [across ? "margin-inline-start" : "margin-block-start"]: measure(gap, SPACE) });
  if (content.position === "absolute") setStyle(element, { position: "absolute" });
  setStyle(element, {
    "inset-block-start": measure(content.offsetTop, SPACE),
    "inset-block-end": measure(content.offsetBottom, SPACE),
    "inset-inline-start": measure(content.offsetStart, SPACE),
    "inset-inline-end": measure(content.offsetEnd, SPACE),
  });
}

function box(content, chat) {
  const across = content.layout !== "vertical";
  const element = h("div", {
    class: "flex-box",
    style: {
      "flex-direction": across ? "row" : "column",
      "align-items": content.alignItems ?? (content.layout === "baseline" ? "baseline" : null),
      "justify-content": content.justifyContent,
      "background-color": content.backgroundColor,
      "background-image": gradient(content.background),
      "border-width": measure(content.borderWidth, BORDER),
      "border-style": content.borderWidth ? "solid" : null,
      "border-color": content.borderColor ?? (content.borderWidth ? "#d4d6da" : null),
      "border-radius": measure(content.cornerRadius, SPACE),
      "inline-size": measure(content.width),
      "max-inline-size": measure(content.maxWidth),
      "block-size": measure(content.height),
      "max-block-size": measure(content.maxHeight),
      padding: measure(content.paddingAll, SPACE),
      "padding-block-start": measure(content.paddingTop, SPACE),
      "padding-block-end": measure(content.paddingBottom, SPACE),
      "padding-inline-start": measure(content.paddingStart, SPACE),
      "padding-inline-end": measure(content.paddingEnd, SPACE),
    },
  });
  if (content.cornerRadius) setStyle(element, { overflow: "hidden" });
  const children = content.contents ?? [];
  const first = children.findIndex((child) => child.position !== "absolute");
  element.append(...children.map((child, index) => component(child, chat, content, index === first)));
  clickable(element, content.action, chat);
  return element;
}

function text(content, chat, parent) {
  const lines = content.contents?.length ? content.contents.map(span) : [content.text ?? ""];
  const element = h(
    "p",
    {
      class: content.wrap ? "flex-text wraps" : "flex-text",
      style: {
        ...letters(content),
        "font-size": measure(content.size ?? "md", TEXT),
        "text-align": content.align === "end" ? "end" : content.align === "center" ? "center" : null,
        "align-self": parent.layout === "horizontal" && content.gravity ? GRAVITY[content.gravity] : null,
        "line-height": content.lineSpacing ? `calc(1.4em + ${measure(content.lineSpacing)})` : null,
      },
    },
    lines,
  );
  if (content.wrap && content.maxLines > 0) {
    setStyle(element, { display: "-webkit-box", "-webkit-box-orient": "vertical", "-webkit-line-clamp": String(content.maxLines), overflow: "hidden" });
  }
  clickable(element, content.action, chat);
  return element;
}

function span(content) {
  return h("span", { style: { ...letters(content), "font-size": content.size ? measure(content.size, TEXT) : null } }, content.text ?? "");
}

const letters = ({ color, weight, style, decoration }) => ({
  color,
  "font-weight": weight === "bold" ? "700" : null,
  "font-style": style === "italic" ? "italic" : null,
  "text-decoration": decoration,
});

function image(content, chat) {
  const [across, down] = (content.aspectRatio ?? "1:1").split(":");
  const element = h(
    "div",
    {
      class: "flex-image",
      style: {
        "align-items": content.align === "start" ? "flex-start" : content.align === "end" ? "flex-end" : "center",
        "justify-content": GRAVITY[content.gravity],
      },
    },
    picture({
      src: content.url,
      style: {
        "inline-size": measure(content.size ?? "md", IMAGE),
        "aspect-ratio": `${across} / ${down}`,
        "object-fit": content.aspectMode === "cover" ? "cover" : "contain",
        "background-color": content.backgroundColor,
      },
    }),
  );
  clickable(element, content.action, chat);
  return element;
}

function icon(content) {
  const [across, down] = (content.aspectRatio ?? "1:1").split(":");
  return picture({ class: "flex-icon", src: content.url, style: { "block-size": measure(content.size ?? "md", TEXT), "aspect-ratio": `${across} / ${down}` } });
}

function video(content, chat) {
  const [across, down] = (content.aspectRatio ?? "1:1").split(":");
  const element = h("video", { class: "flex-video", src: content.url, poster: content.previewUrl, controls: true, preload: "none", playsinline: true, style: { "aspect-ratio": `${across} / ${down}` } });
  clickable(element, content.action, chat);
  return element;
}

function button(content, chat, parent) {
  const { style = "link", color, action = {} } = content;
  return h(
    "button",
    {
      type: "button",
      class: `flex-button ${style}`,
      style: {
        [style === "link" ? "color" : "background-color"]: color,
        "min-block-size": content.height === "sm" ? "40px" : "52px",
        "align-self": parent.layout === "horizontal" && content.gravity ? GRAVITY[content.gravity] : null,
      },
      onclick: (event) => {
        event.stopPropagation();
        act(chat, action);
      },
    },
    action.label ?? "",
  );
}

function separator(content, chat, parent) {
  return h("hr", { class: parent.layout === "vertical" ? "flex-line" : "flex-line upright", style: { "background-color": content.color } });
}

function filler(content) {
  return h("span", { class: "flex-filler", style: { flex: `${content.flex ?? 1} 1 0` } });
}

function spacer(content) {
  const edge = measure(content.size ?? "md", SPACE);
  return h("span", { style: { flex: `0 0 ${edge}` } });
}

/** A keyword of `table`, a number of pixels or a share; anything else is as good as absent. */
function measure(value, table = {}) {
  if (value === undefined || value === null) return null;
  if (Object.hasOwn(table, value)) return typeof table[value] === "number" ? `${table[value]}px` : table[value];
  return /^-?\d+(\.\d+)?(px|%)$/.test(value) ? value : null;
}

function gradient(background) {
  if (background?.type !== "linearGradient") return null;
  const { angle, startColor, centerColor, centerPosition, endColor } = background;
  const middle = centerColor ? `, ${centerColor} ${centerPosition ?? "50%"}` : "";
  return `linear-gradient(${angle}, ${startColor}${middle}, ${endColor})`;
}

/** A part with an action of its own: a tap on it is not a tap on what holds it. */
function clickable(element, action, chat) {
  if (!action) return;
  element.classList.add("tappable");
  element.setAttribute("role", "button");
  element.setAttribute("tabindex", "0");
  if (action.label) element.setAttribute("aria-label", action.label);
  const run = (event) => {
    event.stopPropagation();
    act(chat, action);
  };
  element.addEventListener("click", run);
  element.addEventListener("keydown", (event) => {
    if (event.target !== element || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    run(event);
  });
}
