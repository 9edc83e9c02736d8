"""The rules of style that all pages share, in CSS.

``page_style`` and ``card_style`` put them on a page. The server writes them into its head, too (server.py): Streamlit
draws a run's own rules only after what they place, which would jump then. Streamlit's own rules come after those of the
head, so what places is said of ``html ...``, which counts for more.
"""

from __future__ import annotations

PAGE = """
    html .st-key-address { display: none; }
    /* The bar of a class; without one it is empty. */
    html .st-key-frame { position: fixed; inset: auto 0 0 0; width: auto; gap: 0; z-index: 1000020; }
    html.dl-in-class :is([data-testid="stMainBlockContainer"], [data-testid="stSidebarUserContent"])
        { padding-bottom: 7rem; }
    html .st-key-cards-surfaces
        { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .8rem; }
    html [data-testid="stMainBlockContainer"] { max-width: none; padding: 3.6rem 1.5rem 3rem; }
    [data-testid="stSidebarUserContent"] { padding-top: 0; }
    [data-testid="stSidebarHeader"] { height: 2.4rem; margin-bottom: .2rem; }
    .st-key-page-head h1 { font-size: 1.15rem; padding: .2rem 0; font-weight: 600; }
    [data-testid="stMain"] h2 { font-size: 1.25rem; padding: .6rem 0 .3rem; font-weight: 600; }
    /* Streamlit's own grey has a contrast of 4.2. */
    [data-testid="stCaptionContainer"], [data-testid="stExpander"] summary,
    [data-testid="stExpander"] summary [data-testid="stMarkdownContainer"] { color: inherit; }
    [data-testid="stCaptionContainer"], [data-testid="stExpander"] summary { opacity: .85; }
    /* So have four of its colors on the ground of code. */
    [data-testid="stCode"] code .token.keyword { color: color-mix(in srgb, #1C83E1 65%, currentColor); }
    [data-testid="stCode"] code .token.string { color: color-mix(in srgb, #009E73 45%, currentColor); }
    [data-testid="stCode"] code .token.number { color: color-mix(in srgb, #00A394 55%, currentColor); }
    [data-testid="stCode"] code .token.comment { color: color-mix(in srgb, #808495 50%, currentColor); }
    .dl-table { overflow-x: auto; border-radius: .4rem;
        --line: color-mix(in srgb, currentColor 20%, transparent); border: 1px solid var(--line); }
    .dl-table table { width: 100%; border-collapse: collapse; margin: 0; font-size: .93rem; }
    .dl-table :is(th, td) { padding: .3rem .7rem; text-align: start; border: 0 solid var(--line); }
    .dl-table th { font-weight: 600; }
    .dl-table thead th { font-weight: 400; opacity: .85; }
    .dl-table tbody tr > * { border-top-width: 1px; }
    .dl-table td { font-variant-numeric: tabular-nums; }
    .katex-display { overflow: clip !important; overflow-clip-margin: .6em; padding: .15em 0; }
    .katex-display > .katex { white-space: normal; font-size: 1.1em; }
    /* A formula that is wider than a phone is moved with a finger, and not the page. */
    @media (max-width: 640px) {
        .st-key-page-head h1 .katex
            { display: inline-block; max-width: 100%; overflow: auto hidden; padding-block: .15em;
              vertical-align: middle; }
        .st-key-page-head [data-testid="stMarkdown"] { max-width: 100%; }
    }
    /* An icon that a click replaces is left by no pointer: what its button tells of itself would stay for ever. */
    [data-testid="stTooltipHoverTarget"] :is(button, a) * { pointer-events: none; }
    .st-key-look-buttons button { min-height: 36px; min-width: 36px; padding: 0 .3rem; }
    /* An arrow between two icons would belong to either. */
    .st-key-look-buttons [data-testid="stPopoverButton"] > div > [aria-hidden="true"] { display: none; }
    .st-key-look-buttons button p
        { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    /* As tall as leaves the first sentence in view; what is not loaded yet keeps its place. */
    .st-key-race-player { --dl-fit: clamp(15rem, calc(100dvh - 14.4rem), 70rem); }
    .st-key-race-player > div { min-height: var(--dl-fit); }
    @media (max-width: 640px) { html [data-testid="stMainBlockContainer"] { padding: 3.6rem .9rem 3rem; } }
    /* Images beside their augmentations, 8 by 6 of them: no higher than their width asks for. */
    .st-key-augmentation-images { flex: none; height: min(29.4rem, 75vw + .5rem); }
    .st-key-augmentation-images > [data-testid="stElementContainer"] { min-height: 0; }
    .st-key-beside-picture { display: none; }
    @media (max-width: 767.98px), (max-height: 500px)
        { .st-key-beside-picture { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); } }
    @media (max-width: 767.98px) { [data-testid="stLayoutWrapper"]:has(> .st-key-beside-picture) { order: -1; } }
    @media (max-width: 640px) {
        .st-key-look-size { display: none; }
        [data-testid="stButtonGroup"] button { padding-inline: .7rem; }
        .st-key-page-head [data-testid="stPopover"] button { padding-inline: .4rem; }
        /* How far a run is has a line of its own. */
        .st-key-training-progress > [data-testid="stElementContainer"]:has([data-testid="stProgress"])
            { min-width: 100%; }
    }
    /* In a low window a long title is moved under what stands beside it, so that both have one line. */
    @media (max-height: 640px) and (min-width: 640.02px) {
        .st-key-page-head > [data-testid="stElementContainer"]:first-child
            { flex: 1 1 0; min-width: 9rem; }
        .st-key-page-head > [data-testid="stElementContainer"]:first-child [data-testid="stMarkdown"]
            { width: 100%; min-width: 0; }
        .st-key-page-head h1
            { white-space: nowrap; overflow: auto hidden; scrollbar-width: none; padding-block: .4rem; }
    }
    /* The first line of a narrow window is full: there the button stands below the page. */
    @media (max-width: 1000px) { .st-key-look-lesson { display: none; } }
    @media (min-width: 1000.02px) { .st-key-look-lesson-end { display: none; } }
    @media (max-height: 640px) {
        html [data-testid="stMainBlockContainer"] { padding-top: 3.6rem; }
        html [data-testid="stMainBlockContainer"] > div { gap: .4rem; }
        .st-key-page-head h1 { padding: 0; }
        .st-key-look-for { display: none; }
        .st-key-race-player { --dl-fit: clamp(13rem, calc(100dvh - 12.8rem), 70rem); }
    }
    @media (max-height: 500px) { .st-key-race-player { --dl-fit: clamp(12.4rem, calc(100dvh - 8.8rem), 70rem); } }
    /* The step of a lesson: in the drawer, and above the page where that is closed. */
    .st-key-lesson-panel { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); gap: .5rem;
        padding-bottom: .8rem; margin-bottom: .4rem; }
    .st-key-lesson-panel h2 { font-size: 1.15rem; padding: .2rem 0 1rem; font-weight: 600; }
    .st-key-lesson-bar { gap: .4rem; }
    .st-key-lesson-bar kbd { display: none; }
    body:not(:has([data-testid="stSidebar"][data-collapsed="true"]))
        [data-testid="stLayoutWrapper"]:has(> .st-key-lesson-bar)
        { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    /* A name that is longer than its menu ends in an ellipsis and not within a letter. */
    [data-testid="stSelectbox"] input { text-overflow: ellipsis; }
    /* A finger needs 44 pixels. */
    @media (pointer: coarse) {
        button[data-testid^="stBaseButton"], button[data-testid="stPopoverButton"],
        [data-testid="stPageLink-NavLink"], [data-testid="stSidebarNavLink"],
        [data-testid="stTopNavLink"], [data-testid="stTopNavSection"], [data-testid="stTopNavDropdownLink"],
        [data-testid="stExpander"] summary, .react-aria-ComboBox > [data-rac],
        [data-testid="stNumberInputContainer"], [data-testid="stTextInputRootElement"],
        [data-testid="stCheckbox"] label, [data-testid="stButtonGroup"] button { min-height: 44px; }
        button[data-testid^="stBaseButton"], button[data-testid="stPopoverButton"],
        [data-testid="stTooltipHoverTarget"] { min-width: 44px; }
        [data-testid="stCheckbox"] label { align-items: center; }
        [data-testid="stSlider"] [role="slider"]::after { content: ""; position: absolute; inset: -16px; }
    }
    /* Where nothing hovers, the buttons of a table always show: above it, and not on its head and what is before it. */
    @media (hover: none) {
        [data-testid="stDataFrame"] { margin-top: 64px; }
        [data-testid="stDataFrame"] > [data-testid="stElementToolbar"] { top: -64px; }
    }
    /* The dark theme's accent is light enough to be read on its background, too light for white text on it. */
    button[data-testid="stBaseButton-primary"], [data-testid="stMultiSelect"] [data-tag]
        { background: #0072B2; border-color: #0072B2; color: white; }
    button[data-variant="pills"][data-selected="true"]
        { background: #0072B2 !important; border-color: #0072B2 !important; color: white !important; }
    button[data-testid="stBaseButton-primary"]:hover { background: #005F96; border-color: #005F96; color: white; }
"""
CARDS = """
    html [class*="st-key-cards-"] { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 1rem; }
    @media (max-width: 1000px) { html [class*="st-key-cards-"] { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
    [class*="st-key-card-"] { position: relative; border-radius: .5rem; gap: .3rem; }
    [class*="st-key-card-"] [data-testid="stPageLink"] :is(p, span) { white-space: normal; overflow: visible; }
    [class*="st-key-card-"] [data-testid="stPageLink"] p { font-weight: 600; line-height: 1.35; }
    /* The title stands over its words, without the room that a button has on its left. */
    html [class*="st-key-card-"] [data-testid="stPageLink-NavLink"] { padding-inline: 0; background: none; }
    [class*="st-key-card-"]:hover [data-testid="stPageLink"] p { text-decoration: underline; }
    /* Cards of a row are as tall as each other. */
    html :is(.st-key-cards-short, .st-key-cards-lectures) { align-items: stretch; }
    [class*="st-key-cards-"] > [data-testid="stLayoutWrapper"] > [class*="st-key-card-"] { height: 100%; }
    [class*="st-key-card-"] [data-testid="stElementToolbar"] { display: none; }
    /* The race of the landing page comes after its words, and is the taller the narrower it is. */
    html .st-key-first { --dl-hero: clamp(450px, 62dvh, 46rem); }
    html .st-key-first [data-testid="stColumn"]:last-child { min-height: var(--dl-hero); }
    @media (max-width: 1372px) { html .st-key-first [data-testid="stColumn"]:last-child { min-height: 636px; } }
    @media (max-width: 1100px) { html .st-key-first [data-testid="stColumn"]:last-child { min-height: 710px; } }
    @media (max-width: 640px) {
        html .st-key-first [data-testid="stColumn"]:first-child { min-height: 356px; }
        html .st-key-first [data-testid="stColumn"]:last-child { min-height: 679px; }
    }
    [class*="st-key-card-"] [data-testid="stPageLink"] a::after { content: ""; position: absolute; inset: 0; }
    [class*="st-key-card-"] [data-testid="stPageLink"], [class*="st-key-card-"] [data-testid="stPageLink"] div
        { position: static; }
    [class*="st-key-card-"] img { border-radius: .5rem; transition: opacity .15s; }
    [class*="st-key-card-"]:hover img { opacity: .85; }
    .st-key-open-race a, .st-key-open-race a:hover { background: #0072B2; padding: .5rem 1rem; }
    .st-key-open-race a :is(p, span) { color: white; font-weight: 600; }
"""


def head_style() -> str:
    """The element that holds them in the head of a page."""
    return f"<style>{PAGE}{CARDS}</style>"
