"""What a kepala sekolah, pengawas or korwilcam sees of his own people, and does for them."""
