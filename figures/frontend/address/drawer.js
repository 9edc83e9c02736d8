// The drawer of controls and pages: folded when a page is gone to where it covers the picture, and for a presentation.

const COVERS = "(max-width: 767.98px), (max-height: 500px)";

export class Drawer {
  constructor() {
    this.before = {};
    this.watch = new MutationObserver(() => this.fold());
  }

  // visit: the number of this visit of a page. large: whether pages are shown in the size of a presentation.
  show({ visit, large }) {
    const { before } = this;
    this.before = { visit, large };
    const gone = visit !== before.visit && window.matchMedia(COVERS).matches;
    if (gone || (large && !before.large)) this.fold();
  }

  // At once, or as soon as it is drawn.
  fold() {
    this.watch.disconnect();
    const drawer = document.querySelector('[data-testid="stSidebar"]');
    if (drawer?.dataset.collapsed === "true") return;
    const button = drawer?.querySelector('[data-testid="stSidebarCollapseButton"] button');
    if (button) button.click();
    else this.watch.observe(document.body, { childList: true, subtree: true });
  }
}
