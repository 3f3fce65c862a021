package io.rudder.it.tool;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Fills etcd with leases of nodes that do not exist and changes them at a rate, through etcd's JSON gateway. Arguments:
 * etcd's URL, key prefix up to {@code subnets/}, how many leases, changes a second, seconds. Leases are 10.128.0.0/24 and
 * on; each change gives one another PublicIP. Says {@code filled}, then {@code changed N, failed F, last X}, where X is the
 * number of the last change and the PublicIP 172.16.0.0 + X.
 */
public final class LeaseChurn {
    private static final int BATCH = 100;
    private static final int UNDER_WAY = 64;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Semaphore slots = new Semaphore(UNDER_WAY);
    private final AtomicInteger failed = new AtomicInteger();
    private final String url;
    private final String prefix;

    private LeaseChurn(String url, String prefix) {
        this.url = url;
        this.prefix = prefix;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        LeaseChurn churn = new LeaseChurn(args[0], args[1]);
        int leases = Integer.parseInt(args[2]);
        churn.fill(leases);
        System.out.println("filled");
        int last = churn.change(leases, Integer.parseInt(args[3]), Integer.parseInt(args[4]));
        System.out.printf("changed %d, failed %d, last %d%n", last, churn.failed.get(), last - 1);
    }

    private void fill(int leases) throws IOException, InterruptedException {
        for (int first = 0; first < leases; first += BATCH) {
            String puts = IntStream.range(first, Math.min(first + BATCH, leases))
                    .mapToObj(number -> "{\"requestPut\":" + put(number, number) + "}")
                    .collect(Collectors.joining(","));
            HttpResponse<String> answer = client.send(
                    request("/v3/kv/txn", "{\"success\":[" + puts + "]}"), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(answer.body());
            }
        }
    }

    private int change(int leases, int perSecond, int seconds) throws InterruptedException {
        long start = System.nanoTime();
        int changes = perSecond * seconds;
        for (int i = 0; i < changes; i++) {
            LockSupport.parkNanos(start + i * (1_000_000_000L / perSecond) - System.nanoTime());
            slots.acquire();
            client.sendAsync(request("/v3/kv/put", put(i % leases, i)), HttpResponse.BodyHandlers.discarding())
                    .whenComplete((answer, failure) -> {
                        failed.addAndGet(failure == null && answer.statusCode() == 200 ? 0 : 1);
                        slots.release();
                    });
        }
        slots.acquire(UNDER_WAY);
        return changes;
    }

    private HttpRequest request(String path, String body) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private String put(int lease, int publicIp) {
        String key = prefix + "10." + (128 + (lease >> 8)) + "." + (lease & 0xff) + ".0-24";
        String address = "172." + (16 + (publicIp >> 16)) + "." + (publicIp >> 8 & 0xff) + "." + (publicIp & 0xff);
        return "{\"key\":\"" + base64(key) + "\",\"value\":\"" + base64("{\"PublicIP\":\"" + address + "\"}") + "\"}";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
