package io.rudder.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdOptionsTest {

    @Test
    void readsTheDefaults() {
        EtcdOptions options = EtcdOptions.of(EtcdOptions.DEFAULT_ENDPOINTS, EtcdOptions.DEFAULT_PREFIX);

        assertThat(options.endpoints())
                .containsExactly(URI.create("http://127.0.0.1:4001"), URI.create("http://127.0.0.1:2379"));
        assertThat(options.endpointList()).isEqualTo(EtcdOptions.DEFAULT_ENDPOINTS);
        assertThat(options.prefix()).isEqualTo("/coreos.com/network");
    }

    @Test
    void forgivesSpacesEmptyElementsAndATrailingSlash() {
        EtcdOptions options = EtcdOptions.of(" http://etcd-1:2379/ ,, HTTP://[::1]:2379,", "/n");

        assertThat(options.endpoints()).extracting(URI::getHost).containsExactly("etcd-1", "[::1]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:2379",
                "http://127.0.0.1",
                "http://:2379",
                "http://etcd:0",
                "http://etcd:65536",
                "http://etcd:2379/v2",
                "http://etcd:2379?x",
                "etcd",
                "ftp://etcd:2379",
                "http://two words:2379"
            })
    void namesAnEndpointThatIsNone(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdOptions.of("http://127.0.0.1:2379," + text, "/n"))
                .withMessage("etcd endpoint '" + text + "': expected http://host:port or https://host:port");
    }

    @Test
    void refusesNoEndpointAtAll() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdOptions.of(" , ", "/n"))
                .withMessageStartingWith("no etcd endpoint given; expected a list like http://");
    }

    @Test
    void refusesAMixtureOfHttpAndHttps() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdOptions.of("http://a:2379,https://b:2379", "/n"))
                .withMessage("etcd endpoints mix http and https; expected one of them throughout");
        assertThat(EtcdOptions.of("https://a:2379,HTTPS://b:2379", "/n").isSecure())
                .isTrue();
    }

    @Test
    void showsNoPassword() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdOptions.of("http://root:s3cret@etcd:2379", "/n"))
                .withMessage("etcd endpoint 'http://***@etcd:2379': expected http://host:port or https://host:port");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdOptions.of("http://root:s3 cret@etcd:2379", "/n"))
                .withMessage("etcd endpoint 'http://***@etcd:2379': expected http://host:port or https://host:port");
        EtcdOptions options =
                EtcdOptions.of("http://etcd:2379", "/n").withCredentials(new EtcdOptions.Credentials("root", "s3cret"));
        assertThat(options.toString()).contains("user=root, password=***").doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource({"/a/b,/a/b", "a/b,/a/b", "/a/b/,/a/b", "//a//,/a"})
    void normalizesThePrefix(String text, String prefix) {
        assertThat(EtcdOptions.of("http://etcd:2379", text).prefix()).isEqualTo(prefix);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "  ", "//"})
    void refusesAnEmptyPrefix(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EtcdOptions.of("http://etcd:2379", text))
                .withMessage("etcd prefix '" + text + "' is empty; expected a path like /coreos.com/network");
    }

    @Test
    void refusesCertificateFilesForPlainHttp() {
        TlsFiles files = new TlsFiles(Optional.of(Path.of("/ca.pem")), Optional.empty(), Optional.empty());
        EtcdOptions plain = EtcdOptions.of("http://etcd:2379", "/n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> plain.withTls(files))
                .withMessage("certificate files are given, but etcd endpoint http://etcd:2379 is not secured;"
                        + " expected https://host:port");
        assertThat(EtcdOptions.of("https://etcd:2379", "/n").withTls(files).tls())
                .isEqualTo(files);
    }

    @Test
    void wantsCertificateAndKeyTogether() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TlsFiles(Optional.empty(), Optional.of(Path.of("/c.pem")), Optional.empty()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TlsFiles(Optional.empty(), Optional.empty(), Optional.of(Path.of("/k.pem"))));
    }
}
