package io.rudder.daemon.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The page for people: one file with its style and script inside. Its content security policy names the digests of
 * these two, so that a browser runs nothing else, whatever a host name or an event may hold.
 */
final class StatusPage {
    private static final String RESOURCE = "status.html";

    private StatusPage() {}

    static Reply load() {
        byte[] page = read();
        String text = new String(page, StandardCharsets.UTF_8);
        String policy = "default-src 'none'; connect-src 'self'; img-src data:; style-src 'sha256-"
                + digest(inside(text, "style")) + "'; script-src 'sha256-" + digest(inside(text, "script"))
                + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return new Reply(HttpResponseStatus.OK, "text/html; charset=utf-8", page, policy);
    }

    private static byte[] read() {
        try (InputStream in = StatusPage.class.getResourceAsStream(RESOURCE)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the status page from the own archive", e);
        }
    }

    private static String inside(String page, String element) {
        int start = page.indexOf("<" + element + ">") + element.length() + 2;
        return page.substring(start, page.indexOf("</" + element + ">", start));
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
