// data-preview="id": what a choice would lead to is shown while the choice has pointer or focus.

function show(choice) {
  const wanted = document.getElementById(choice.dataset.preview);
  if (!wanted) return;
  for (const other of wanted.parentElement.querySelectorAll(".preview")) other.hidden = other !== wanted;
  for (const other of document.querySelectorAll("[data-preview].chosen")) other.classList.remove("chosen");
  choice.classList.add("chosen");
}

for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const choice = event.target.closest?.("[data-preview]");
    if (choice) show(choice);
  });
}
