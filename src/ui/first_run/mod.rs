//! What a person sees who has no account here yet: a welcome page and the log in form.
