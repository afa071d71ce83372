// Swaps that replace by id only what differs, so that focus, scrolling and running players survive every live update.
//   upsert     puts the elements of the answer into a list, ordered by data-order
//   reconcile  makes a list exactly the answer, keeping the elements that stay
//   refresh    replaces one element, if it differs
(() => {
  const KEPT_CLASSES = ["joined", "joined-next", "found"], FEW = 3;
  const order = (element) => element.dataset.order ?? "";

  function isSame(old, fresh) {
    for (const name of KEPT_CLASSES) fresh.classList.toggle(name, old.classList.contains(name));
    return old.isEqualNode(fresh);
  }

  function keepingFocus(change) {
    const focused = document.activeElement?.id;
    const result = change();
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
    return result;
  }

  function refresh(old, fresh) {
    const open = old.querySelector("details[open]");
    if (!fresh || open || isSame(old, fresh)) return [];
    return keepingFocus(() => (old.replaceWith(fresh), [fresh]));
  }

  function upsert(list, items) {
    // What is older than the oldest bubble shown comes when one scrolls there: alone it would hide a hole.
    const oldest = list.querySelector("#older[hx-get] ~ [data-group]");
    const floor = oldest && !items.some((item) => item.id === "older") ? order(oldest) : "";
    const placed = [];
    for (const item of items) {
      const old = item.id ? list.querySelector(`:scope > #${CSS.escape(item.id)}`) : null;
      if (old ? isSame(old, item) : order(item) < floor) continue;
      if (old && order(old) === order(item)) old.replaceWith(item);
      else {
        old?.remove();
        let before = list.lastElementChild;
        while (before && order(before) > order(item)) before = before.previousElementSibling;
        before ? before.after(item) : list.prepend(item);
      }
      placed.push(item);
    }
    return placed;
  }

  function reconcile(list, items) {
    const wanted = new Set(items.map((item) => item.id));
    const wasEmpty = !list.querySelector(".row");
    for (const child of [...list.children]) if (!wanted.has(child.id)) child.remove();
    const shown = new Map([...list.children].map((child) => [child.id, child]));
    const placed = [], arrived = [];
    let here = list.firstElementChild;
    for (const item of items) {
      const old = shown.get(item.id);
      const stays = old && isSame(old, item) ? old : item;
      if (old && stays !== old) {
        if (here === old) here = old.nextElementSibling;
        old.remove();
      }
      if (stays === here) here = here.nextElementSibling;
      else list.insertBefore(stays, here);
      if (stays !== old) placed.push(stays);
      if (!old && !wasEmpty) arrived.push(stays);
    }
    // One that comes catches the eye; when all is in motion it would only tire.
    if (arrived.length <= FEW) for (const row of arrived) row.animate([{ background: "var(--accent-soft)" }, {}], 1200);
    return placed;
  }

  htmx.defineExtension("upsert", {
    isInlineSwap: (style) => style === "refresh",
    handleSwap(style, target, fragment) {
      const items = [...fragment.children];
      if (style === "refresh") return refresh(target, items[0]);
      if (style === "upsert") return keepingFocus(() => upsert(target, items));
      if (style === "reconcile") return keepingFocus(() => reconcile(target, items));
      return false;
    },
  });
})();
