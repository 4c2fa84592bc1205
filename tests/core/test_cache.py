from django.core.cache import cache


def test_asks_by_the_same_client_every_time():
    assert cache._cache.get_client(write=True) is cache._cache.get_client(write=True)


def test_keeps_what_it_is_given_and_counts():
    cache.set_many({"a": {"b": 1}, "n": 1})
    cache.incr("n")
    assert cache.get_many(["a", "n", "gone"]) == {"a": {"b": 1}, "n": 2}
    cache.delete("a")
    assert cache.get("a", "nothing") == "nothing"
