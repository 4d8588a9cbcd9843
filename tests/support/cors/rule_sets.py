"""Rule sets and requests of all kinds, for what must hold of any."""

from hypothesis import strategies as st

from galleria_storage.cors.evaluate import CorsRequest
from galleria_storage.cors.rules import CorsRule

SITE = "https://a.example"
RULES = st.lists(
    st.builds(
        CorsRule,
        origins=st.lists(
            st.sampled_from(["*", SITE, "https://*", "http://*.a.example", "*.example"]), min_size=1, max_size=2
        ).map(tuple),
        methods=st.lists(st.sampled_from(["GET", "HEAD", "PUT", "get"]), min_size=1, max_size=2).map(tuple),
        headers=st.lists(st.sampled_from(["*", "Range", "x-*"]), max_size=2).map(tuple),
        expose_headers=st.lists(st.sampled_from(["ETag", "Date", "*"]), max_size=2).map(tuple),
    ),
    max_size=4,
)
REQUESTS = st.builds(
    CorsRequest,
    origin=st.sampled_from([SITE, "https://b.example", "http://x.a.example", "null"]),
    method=st.sampled_from(["GET", "HEAD", "PUT"]),
    headers=st.lists(st.sampled_from(["range", "X-Name", "if-match"]), max_size=2).map(tuple),
)
