// A page inside LINE: LINE's script says who holds the phone, by a token that only our server reads. Loaded in the head,
// so that nothing jumps; where LINE's script cannot run, the page shows the way without it.
const root = document.documentElement;
root.dataset.liff = "on";

document.addEventListener("DOMContentLoaded", async () => {
  const form = document.querySelector("form[data-liff]");
  try {
    await liff.init({ liffId: form?.dataset.liff ?? root.dataset.liffId });
  } catch {
    delete root.dataset.liff;
    return;
  }
  if (form) ready(form);
});

function ready(form) {
  const button = form.querySelector("button");
  button.disabled = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.id_token.value) return;
    event.preventDefault();
    button.disabled = true;
    // In a browser beside LINE the login may be missing, or its token an hour old.
    if (!liff.isLoggedIn() || (isOld() && !liff.isInClient())) {
      if (liff.isLoggedIn()) liff.logout();
      liff.login({ redirectUri: location.href });
      return;
    }
    if (form.dataset.atOnce === undefined) form.elements.is_friend.value = (await becomesFriend()) ? "yes" : "";
    form.elements.id_token.value = liff.getIDToken() ?? "";
    form.submit();
  });
  if (form.dataset.atOnce !== undefined) form.requestSubmit();
}

const isOld = () => (liff.getDecodedIDToken()?.exp ?? 0) * 1000 < Date.now();

// LINE asks the customer itself; where it cannot (not full size, an older LINE), the page after this one shows the way.
async function becomesFriend() {
  try {
    if ((await liff.getFriendship()).friendFlag) return true;
    await liff.requestFriendship();
    return (await liff.getFriendship()).friendFlag;
  } catch {
    return false;
  }
}
