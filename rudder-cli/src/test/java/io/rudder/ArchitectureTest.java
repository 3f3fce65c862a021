package io.rudder;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses RUDDER = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.rudder");

    @Test
    void onlyTheRegistryKnowsEtcd() {
        onlyPackagesMayUse("io.etcd..", "io.rudder.etcd..");
    }

    @Test
    void onlyTheTunDeviceCallsNativeCode() {
        onlyPackagesMayUse("com.sun.jna..", "io.rudder.netty.linux..");
    }

    @Test
    void onlyTheDataPathAndTheDaemonThatRunsItKnowNetty() {
        // jetcd takes its TLS context as Netty's
        noClasses()
                .that()
                .resideOutsideOfPackages("io.rudder.netty..", "io.rudder.daemon..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.netty..").and(not(resideInAPackage("io.netty.handler.ssl"))))
                .check(RUDDER);
        onlyPackagesMayUse("io.netty..", "io.rudder.netty..", "io.rudder.daemon..", "io.rudder.etcd");
    }

    @Test
    void onlyTheCommandLineKnowsPicocli() {
        onlyPackagesMayUse("picocli..", "io.rudder.cli..");
    }

    @Test
    void onlyTheAdminServerKnowsPrometheus() {
        onlyPackagesMayUse("io.prometheus..", "io.rudder.daemon.admin..");
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.rudder.(**)").should().beFreeOfCycles().check(RUDDER);
    }

    private static void onlyPackagesMayUse(String used, String... users) {
        noClasses()
                .that()
                .resideOutsideOfPackages(users)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(used)
                .allowEmptyShould(true)
                .check(RUDDER);
    }
}
