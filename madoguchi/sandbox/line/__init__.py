"""The emulator of api.line.me, api-data.line.me, access.line.me and liff.line.me."""
