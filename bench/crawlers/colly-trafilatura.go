// Crawls the sample world with colly and extracts pages with go-trafilatura. Reads JOB.json, writes its `out` as JSON lines.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/gocolly/colly/v2"
	"github.com/markusmobius/go-trafilatura"
)

type job struct {
	Address string   `json:"address"`
	Lists   []string `json:"lists"`
	Out     string   `json:"out"`
}

type item struct {
	URL   string `json:"url"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

func main() {
	var given job
	text, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(text, &given)
	}
	if err != nil {
		panic(err)
	}
	out, err := os.Create(given.Out)
	if err != nil {
		panic(err)
	}
	began := time.Now()
	lines := json.NewEncoder(out)
	var writing sync.Mutex

	crawl := colly.NewCollector(colly.Async(true), colly.DetectCharset())
	// The sites' names aren't in DNS; all are at the world's address.
	crawl.WithTransport(&http.Transport{
		MaxIdleConnsPerHost: 4,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, _ := net.SplitHostPort(address)
			return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(given.Address, port))
		},
	})
	_ = crawl.Limit(&colly.LimitRule{DomainGlob: "*", Parallelism: 16})
	articles := crawl.Clone()
	articles.OnResponse(func(response *colly.Response) {
		found, err := trafilatura.Extract(bytes.NewReader(response.Body), trafilatura.Options{
			OriginalURL: response.Request.URL, EnableFallback: true,
		})
		one := item{URL: response.Request.URL.String()}
		if err == nil {
			one.Title, one.Text = found.Metadata.Title, found.ContentText
		}
		writing.Lock()
		defer writing.Unlock()
		_ = lines.Encode(one)
	})
	crawl.OnHTML("ul.entries > li h2 a[href]", func(link *colly.HTMLElement) {
		_ = articles.Visit(link.Request.AbsoluteURL(link.Attr("href")))
	})
	crawl.OnHTML("a.next[href]", func(link *colly.HTMLElement) {
		_ = link.Request.Visit(link.Attr("href"))
	})
	for _, url := range given.Lists {
		_ = crawl.Visit(url)
	}
	crawl.Wait()
	articles.Wait()
	_ = out.Close()

	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	seconds := func(value syscall.Timeval) float64 { return float64(value.Sec) + float64(value.Usec)/1e6 }
	fmt.Printf(`{"cpu": %f, "peak": %f, "seconds": %f}`+"\n",
		seconds(used.Utime)+seconds(used.Stime), float64(used.Maxrss)/1024, time.Since(began).Seconds())
}
