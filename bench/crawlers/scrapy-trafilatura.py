"""Crawls the sample world with Scrapy and extracts pages with trafilatura. Reads JOB.json, writes its `out` as JSON lines."""

import json
import resource
import socket
import sys
import time

job = json.load(open(sys.argv[1], encoding="utf8"))
real = socket.getaddrinfo

# The sites' names aren't in DNS; all are at the world's address.
socket.getaddrinfo = lambda host, *rest, **more: real(job["address"], *rest, **more)
socket.gethostbyname = lambda host: job["address"]

from scrapy import Request, Spider  # noqa: E402
from scrapy.crawler import CrawlerProcess  # noqa: E402
from trafilatura import bare_extraction  # noqa: E402



def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


began, used = time.monotonic(), cpu()
out = open(job["out"], "w", encoding="utf8")


class News(Spider):
    name = "news"

    async def start(self):
        for url in job["lists"]:
            yield Request(url, self.read_list)

    def read_list(self, response):
        for link in response.css("ul.entries > li h2 a::attr(href)").getall():
            yield response.follow(link, self.read_article)
        following = response.css("a.next::attr(href)").get()
        if following:
            yield response.follow(following, self.read_list)

    def read_article(self, response):
        found = bare_extraction(response.text, url=response.url, with_metadata=True)
        said = found.as_dict() if found else {}
        item = {"url": response.url, "title": said.get("title"), "text": said.get("text")}
        out.write(json.dumps(item) + "\n")


crawl = CrawlerProcess(
    {
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
        "CONCURRENT_REQUESTS": 16,
        "DOWNLOAD_DELAY": 0,
    }
)
crawl.crawl(News)
crawl.start()
out.close()
usage = {
    "cpu": cpu() - used,
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "seconds": time.monotonic() - began,
}
print(json.dumps(usage))
