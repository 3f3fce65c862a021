package io.rudder;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a class offers to those who use or extend it, one line a member. */
final class ApiListing {
    private ApiListing() {}

    /** Whether users can name a class. */
    static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getDeclaringClass() == null || isPublic(type.getDeclaringClass()));
    }

    static String of(Class<?> type) {
        String members = Stream.of(
                        Arrays.stream(type.getDeclaredFields())
                                .filter(ApiListing::isOffered)
                                .map(ApiListing::field),
                        Arrays.stream(type.getDeclaredConstructors())
                                .filter(ApiListing::isOffered)
                                .map(ApiListing::constructor),
                        Arrays.stream(type.getDeclaredMethods())
                                .filter(ApiListing::isOffered)
                                .filter(method -> !isOfEveryObject(method))
                                .map(ApiListing::method))
                .flatMap(lines -> lines.sorted())
                .map(line -> "  " + line + "\n")
                .collect(Collectors.joining());
        return kind(type) + " " + type.getName() + parents(type) + "\n" + members;
    }

    private static boolean isOffered(Member member) {
        return !member.isSynthetic()
                && (Modifier.isPublic(member.getModifiers()) || Modifier.isProtected(member.getModifiers()));
    }

    /** Those of records and enums are as good as given. */
    private static boolean isOfEveryObject(Method method) {
        String signature = method.getName() + "/" + method.getParameterCount();
        return Stream.of("equals/1", "hashCode/0", "toString/0").anyMatch(signature::equals);
    }

    private static String kind(Class<?> type) {
        String modifiers = Modifier.isFinal(type.getModifiers()) && !type.isRecord() && !type.isEnum() ? "final " : "";
        modifiers += Modifier.isAbstract(type.getModifiers()) && !type.isInterface() ? "abstract " : "";
        return modifiers
                + (type.isRecord() ? "record" : type.isEnum() ? "enum" : type.isInterface() ? "interface" : "class");
    }

    private static String parents(Class<?> type) {
        boolean hasParent = type.getSuperclass() != null
                && type.getSuperclass() != Object.class
                && !type.isRecord()
                && !type.isEnum();
        String superclass =
                hasParent ? " extends " + shortened(type.getSuperclass().getName()) : "";
        String interfaces = Arrays.stream(type.getInterfaces())
                .map(parent -> shortened(parent.getName()))
                .sorted()
                .collect(Collectors.joining(", "));
        return superclass + (interfaces.isEmpty() ? "" : " implements " + interfaces);
    }

    private static String field(Field field) {
        return modifiers(field) + shortened(field.getGenericType().getTypeName()) + " " + field.getName();
    }

    private static String constructor(Constructor<?> constructor) {
        return modifiers(constructor) + "new" + parameters(constructor);
    }

    private static String method(Method method) {
        String body = method.isDefault() ? "default " : "";
        return modifiers(method) + body
                + shortened(method.getGenericReturnType().getTypeName()) + " " + method.getName() + parameters(method);
    }

    private static String parameters(Executable executable) {
        String types = Arrays.stream(executable.getGenericParameterTypes())
                .map(type -> shortened(type.getTypeName()))
                .collect(Collectors.joining(", ", "(", ")"));
        String thrown = Arrays.stream(executable.getExceptionTypes())
                .map(type -> shortened(type.getName()))
                .collect(Collectors.joining(", "));
        return types + (thrown.isEmpty() ? "" : " throws " + thrown);
    }

    /** Public goes without saying. */
    private static String modifiers(Member member) {
        int modifiers = member.getModifiers();
        return (Modifier.isProtected(modifiers) ? "protected " : "")
                + (Modifier.isStatic(modifiers) ? "static " : "")
                + (Modifier.isAbstract(modifiers) && !member.getDeclaringClass().isInterface() ? "abstract " : "");
    }

    /** Without packages, which the headings of classes have. */
    private static String shortened(String type) {
        return type.replaceAll("([a-z][a-z0-9]*\\.)+(?=[A-Z])", "").replace('$', '.');
    }
}
