// Files by button, paste and drop: shown before they go, and removable one by one.
(() => {
  const input = () => document.querySelector("#composer [name=files]");
  const LARGEST_VIDEO = 200_000_000, LARGEST_FILE = 50_000_000; // bytes, as the server will say

  function hold(files) {
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    input().files = transfer.files;
    show();
    input().dispatchEvent(new Event("change", { bubbles: true }));
  }

  function show() {
    const list = document.getElementById("attached"), files = [...input().files];
    for (const picture of list.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
    list.hidden = !files.length;
    list.replaceChildren(...files.map((file, at) => tile(list, file, at)));
  }

  function tile(list, file, at) {
    const item = document.createElement("li"), remove = document.createElement("button");
    if (file.type.startsWith("image/")) {
      const picture = new Image();
      picture.src = URL.createObjectURL(file);
      picture.alt = file.name;
      item.append(picture);
    } else item.append(file.name);
    const isTooBig = file.size > (file.type.startsWith("video/") ? LARGEST_VIDEO : LARGEST_FILE);
    item.classList.toggle("too-big", isTooBig);
    if (isTooBig) item.append(` ${list.dataset.tooBigWord}`);
    remove.type = "button";
    remove.textContent = "×";
    remove.ariaLabel = `${list.dataset.removeWord}: ${file.name}`;
    remove.onclick = () => hold([...input().files].filter((_, other) => other !== at));
    item.append(remove);
    return item;
  }

  const carriesFiles = (event) => input() && event.dataTransfer?.types.includes("Files") && event.target.closest?.("#thread");
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    document.getElementById("composer").classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || document.getElementById("composer")?.classList.remove("dropping"));
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    document.getElementById("composer").classList.remove("dropping");
    hold([...input().files, ...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || !event.target.closest("#composer")) return;
    event.preventDefault();
    hold([...input().files, ...files]);
  });
  document.addEventListener("change", (event) => {
    if (event.target === input()) show();
    if (!event.target.matches("[data-camera]")) return;
    hold([...input().files, ...event.target.files]);
    event.target.value = "";
  });
  document.addEventListener("cleared", () => hold([]), true);
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.closest?.("#composer") && document.getElementById("upload-bar");
    if (!bar || !event.detail.lengthComputable) return;
    bar.hidden = !input().files.length || event.detail.loaded >= event.detail.total;
    bar.value = (100 * event.detail.loaded) / event.detail.total;
  });
})();
