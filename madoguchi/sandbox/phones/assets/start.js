// Ticks the steps of the tour that were done: a customer wrote, an answer came.

const steps = new Map([...document.querySelectorAll("[data-step]")].map((step) => [step.dataset.step, step]));
const source = new EventSource("/sandbox/stream");

source.addEventListener("chat", async (event) => {
  const { personId, channelId } = JSON.parse(event.data);
  const answer = await fetch(`/sandbox/people/${encodeURIComponent(personId)}/channels/${encodeURIComponent(channelId)}/chat?limit=1`);
  if (!answer.ok) return;
  const [last] = (await answer.json()).messages;
  // What is older than the page was there before the visitor came.
  if (!last || last.at < performance.timeOrigin) return;
  if (last.unsent) tick("more");
  else if (last.direction === "in") tick("write");
  else ["appear", "answer", "arrive"].forEach(tick);
});
addEventListener("pagehide", () => source.close());

function tick(name) {
  const step = steps.get(name);
  if (!step || step.classList.contains("done")) return;
  step.classList.add("done");
  step.querySelector(".number").innerHTML = '<svg class="icon" viewBox="0 0 24 24" width="18" height="18"><path d="M5 13l5 5 9-11"/></svg>';
}
