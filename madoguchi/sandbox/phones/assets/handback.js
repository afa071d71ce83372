// A page in the in-app browser followed one of LINE's own links: LINE takes it over, and the browser closes.
parent.postMessage({ liff: "open", url: `https://line.me${location.pathname}${location.search}` }, location.origin);
