"""Descent Lab: the pages and how they are reached."""

import streamlit as st

st.set_page_config(page_title="Descent Lab", page_icon=":material/trending_down:", layout="wide")
page = st.navigation(
    [
        st.Page("pages/home.py", title="Descent Lab", icon=":material/trending_down:", default=True),
        st.Page("pages/descent.py", title="Descent", icon=":material/landscape:", url_path="descent"),
    ],
    position="top",
)
page.run()
