//! What a person sees who has no account here yet: welcome page and log in form.
