// A button with data-insert-at="<id>" writes its own words into that field, where the cursor is.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert-at]");
  if (!button) return;
  const field = document.getElementById(button.dataset.insertAt);
  field.setRangeText(button.textContent, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
