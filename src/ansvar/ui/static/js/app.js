// Starts what a page needs. Each module stands alone; a page without scripts still works.
import "./sending.js";
import "./dialogs.js";
import "./keyboard.js";
import "./rows.js";
import "./palette.js";
import "./tabs.js";
import "./drafts.js";
import "./preferences.js";
import "./toasts.js";
import "./times.js";
import "./live.js";
import "./previews.js";
import "./copying.js";
import "./sliders.js";
