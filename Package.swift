// swift-tools-version: 6.0
import PackageDescription

/// Without it a job of its own writes what others import, and looks at all sources once more, though nobody begins before
/// the other job is done, too.
let oneJob = SwiftSetting.unsafeFlags(["-no-emit-module-separately-wmo"], .when(configuration: .release))

// What trains is compiled with optimisation in debug builds too: number-crunching Swift is some fifty times
// slower without, and the tests train real networks.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug)), oneJob]
let optimizedC: [CSetting] = [.unsafeFlags(["-O2"], .when(configuration: .debug))]

/// Most tests: what takes time in them is in the targets that they test, or in those of support. Optimised, they take
/// twice as long to compile and are no quicker.
let unoptimized: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release)), oneJob]

/// What reads files of pictures.
let pictureLibraries: [LinkerSetting] = ["png", "jpeg", "gif", "webp", "tiff"].map { .linkedLibrary($0) }

let package = Package(
    name: "Inkling",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "inkling", targets: ["Inkling"])],
    dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")],
    targets: [
        .systemLibrary(name: "CNcurses", providers: [.apt(["libncurses-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CTerminalGuard"),
        .target(name: "CPictures", cSettings: optimizedC, linkerSettings: pictureLibraries),
        .target(name: "CKernels", cSettings: optimizedC),
        .target(name: "CMPI"),
        .target(name: "Ranks", dependencies: ["CMPI"], swiftSettings: optimized),
        .target(name: "NeuralNetwork", dependencies: ["CKernels"], swiftSettings: optimized),
        .target(name: "Engine", dependencies: ["NeuralNetwork", "CKernels"], swiftSettings: optimized),
        .target(name: "Files", dependencies: ["CZlib"], swiftSettings: optimized),
        .target(name: "ModelFiles", dependencies: ["Files", "NeuralNetwork", "CZlib"], swiftSettings: optimized),
        .target(
            name: "Datasets", dependencies: ["CKernels", "CPictures", "CZlib", "Files", "NeuralNetwork"],
            swiftSettings: optimized),
        .target(
            name: "Training",
            dependencies: ["CKernels", "NeuralNetwork", "Engine", "Datasets", "Files", "ModelFiles", "Ranks"],
            swiftSettings: optimized),
        .target(
            name: "Dashboard", dependencies: ["NeuralNetwork", "Datasets", "Training"], swiftSettings: optimized),
        .executableTarget(
            name: "Inkling",
            dependencies: [
                "CKernels", "CNcurses", "CTerminalGuard", "Dashboard", "Datasets", "Engine", "Files", "ModelFiles",
                "NeuralNetwork", "Ranks", "Training",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: [oneJob]),
        // Optimised: it compares all that kernels compute with plain loops.
        .testTarget(
            name: "KernelTests", dependencies: ["NeuralNetwork", "CKernels", "TestSupport"], swiftSettings: optimized),
        .testTarget(
            name: "NeuralNetworkTests", dependencies: ["NeuralNetwork", "TestSupport"], swiftSettings: unoptimized),
        .testTarget(
            name: "EngineTests", dependencies: ["Engine", "CKernels", "TestSupport"], swiftSettings: unoptimized),
        .testTarget(
            name: "ModelFilesTests",
            dependencies: ["ModelFiles", "Datasets", "DatasetsTestSupport", "Files", "Training", "TestSupport"],
            swiftSettings: unoptimized),
        .testTarget(
            name: "DatasetsTests",
            dependencies: [
                "Datasets", "DatasetsTestSupport", "CKernels", "Files", "NeuralNetwork", "CZlib", "TestSupport",
            ],
            swiftSettings: unoptimized),
        .testTarget(
            name: "TrainingTests", dependencies: ["Training", "ModelFiles", "CKernels", "TestSupport"],
            swiftSettings: unoptimized),
        .testTarget(
            name: "DashboardTests", dependencies: ["Dashboard", "DashboardTestSupport", "ModelFiles", "TestSupport"],
            exclude: ["Pictures"], swiftSettings: unoptimized),
        .testTarget(
            name: "RanksTests", dependencies: ["CMPI", "Ranks", "TestSupport"], swiftSettings: optimized),
        .testTarget(
            name: "InklingTests",
            dependencies: [
                "CTerminalGuard", "Dashboard", "Datasets", "Engine", "Inkling", "ModelFiles", "NeuralNetwork",
                "Ranks", "TestSupport", "Training",
            ], swiftSettings: unoptimized),
        .target(
            name: "TestSupport", dependencies: ["CKernels", "CPictureFiles", "CZlib"], path: "Tests/TestSupport",
            swiftSettings: optimized),
        .target(
            name: "DatasetsTestSupport", dependencies: ["Datasets", "NeuralNetwork"], path: "Tests/DatasetsTestSupport",
            swiftSettings: optimized),
        .target(
            name: "DashboardTestSupport", dependencies: ["Dashboard", "TestSupport"],
            path: "Tests/DashboardTestSupport", swiftSettings: optimized),
        .target(
            name: "CPictureFiles", path: "Tests/CPictureFiles", cSettings: optimizedC, linkerSettings: pictureLibraries),
        .target(name: "CPseudoTerminal", path: "Tests/CPseudoTerminal"),
        .target(name: "TerminalEmulator", path: "Tests/TerminalEmulator", swiftSettings: optimized),
        // They start the program, which is built with them, but need nothing of it to be compiled themselves.
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "CPseudoTerminal", "Datasets", "Engine", "ModelFiles", "NeuralNetwork", "TerminalEmulator",
                "TestSupport", "Training",
            ],
            path: "Tests/EndToEnd", swiftSettings: unoptimized),
    ]
)
