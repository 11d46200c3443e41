// What script adds to pages that are whole without it.
import { readCharts } from "./chart.js";
import { filterList, listenToKeys, offerButtons } from "./keys.js";
import { followLinks, stayLive } from "./live.js";

function enhance() {
  offerButtons();
  filterList();
  readCharts();
}

followLinks(enhance);
listenToKeys();
stayLive(enhance);
enhance();
document.documentElement.dataset.ready = "yes"; // for who waits for it
