/* Says that the preview failed, with a button to try again: what nobody computes must not be said to be computed. */
const preview = document.getElementById("preview");
const waiting = preview ? [...preview.children].map((part) => part.cloneNode(true)) : [];
const failed = document.getElementById("preview-failed");

function sayFailed() {
  preview.replaceChildren(failed.content.cloneNode(true));
  preview.querySelector("button").addEventListener("click", () => {
    preview.replaceChildren(...waiting.map((part) => part.cloneNode(true)));
    window.htmx.trigger(preview, "genka:preview");
  });
}

if (preview && failed) {
  for (const name of ["htmx:responseError", "htmx:sendError"]) {
    document.body.addEventListener(name, (event) => {
      if (event.detail.target === preview) sayFailed();
    });
  }
}
