// Small hands for the DOM: make an element, make a drawing, keep a list of elements in step with a list of things.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element. `props`: `on…` functions listen, `style` is an object, `class` a string, null and false are left out. */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** Make an element of a drawing. */
export function s(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") setStyle(element, value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Set style properties from an object; a value that CSS does not understand is ignored by the browser. */
export function setStyle(element, style) {
  for (const [name, value] of Object.entries(style)) {
    if (value !== null && value !== undefined && value !== "") element.style.setProperty(name, value);
  }
}

/**
 * Make the children of `parent` those of `things`, in order, keeping the elements of unchanged things, so that focus,
 * scroll and running animations survive.
 * `key(thing)` identifies, `print(thing)` tells whether it changed, `make(thing)` draws it.
 */
export function keep(parent, things, { key, print, make }) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const thing of things) {
    const id = String(key(thing));
    const stamp = print(thing);
    let element = known.get(id);
    known.delete(id);
    if (!element || element.stamp !== stamp) {
      const fresh = make(thing);
      fresh.dataset.key = id;
      fresh.stamp = stamp;
      if (element) {
        fresh.classList.add("settled");
        if (element === place) place = fresh;
        element.replaceWith(fresh);
      }
      element = fresh;
    }
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  for (const element of known.values()) element.remove();
}

/** A picture from somewhere else: one that cannot be had becomes a neutral tile of the same shape. */
export function picture(props) {
  const image = h("img", { alt: "", ...props });
  image.addEventListener("error", () => {
    const tile = h("span", { class: "lost", style: props.style, role: "img", "aria-label": image.alt });
    if (props.class) tile.classList.add(props.class);
    image.replaceWith(tile);
  });
  return image;
}

/** A colour wheel's angle for a text, so that a name has the same colour everywhere. */
export function hue(text) {
  let sum = 7;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) % 65_521;
  // Steps of the golden angle keep similar names far apart.
  return Math.round((sum * 137.508) % 360);
}

/** A round picture of a person or an account: its image, or the letter people would know it by. */
export function avatar({ id, name, url, person = false }, size) {
  const style = { "--hue": hue(id || name), "--size": `${size}px` };
  const letter = h("span", { class: "avatar", style, "aria-hidden": "true" }, person ? given(name) : first(name));
  if (url) {
    const image = h("img", { src: url, alt: "", loading: "lazy", onerror: () => image.remove() });
    letter.append(image);
  }
  return letter;
}

const first = (word) => [...word.trim()][0]?.toUpperCase() ?? "?";

/** The first letter of a given name. */
function given(name) {
  const words = name.trim().split(/\s+/);
  const han = /^\p{Script=Han}+$/u;
  // Chinese given names follow a one-character family name; Japanese ones follow the space.
  if (words.length === 1 && han.test(name) && [...name].length === 3) return [...name][1];
  return first(han.test(words[0]) && words.length > 1 ? words[1] : words[0]);
}

/** Call `then` when the element is pressed for half a second, or asked for by the context-menu key or button. */
export function onLongPress(element, then) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  element.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    stop();
    then(event);
  });
  element.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse") timer = setTimeout(() => then(event), 500);
  });
  for (const name of ["pointerup", "pointermove", "pointercancel", "pointerleave"]) element.addEventListener(name, stop);
}
