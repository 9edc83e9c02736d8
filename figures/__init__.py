"""Data in, Plotly figure or player payload out. Pure: no Streamlit, no session state."""
