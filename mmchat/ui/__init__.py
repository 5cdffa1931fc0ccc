"""The Gradio page. It turns events and stored messages into what a person sees; it knows no model."""
