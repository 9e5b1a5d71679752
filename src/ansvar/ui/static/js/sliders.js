// data-slider="id": a slider moves the number field of that id, and follows what is typed there.

for (const slider of document.querySelectorAll("[data-slider]")) slider.hidden = false;

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.dataset.slider) {
    const number = document.getElementById(field.dataset.slider);
    number.value = field.value;
    number.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (field.dataset.slid) {
    const slider = document.getElementById(field.dataset.slid);
    // A typed number may lie beyond the slider's end, which then stands at it.
    if (slider && field.value !== "") slider.value = field.value;
  }
});
