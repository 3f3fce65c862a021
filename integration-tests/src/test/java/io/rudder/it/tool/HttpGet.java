package io.rudder.it.tool;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Prints the status of an HTTP answer on the first line, and its body after it: {@code HttpGet URL}. */
public final class HttpGet {
    private static final Duration BOUND = Duration.ofSeconds(20);

    private HttpGet() {}

    /** Asks once. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(arguments[0])).timeout(BOUND).build();
        HttpClient client = HttpClient.newBuilder().connectTimeout(BOUND).build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        System.out.printf("%d%n%s", answer.statusCode(), answer.body());
    }
}
