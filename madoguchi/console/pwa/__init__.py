"""What makes the console installable: manifest, drawn icons, a service worker that knows what to say offline."""
