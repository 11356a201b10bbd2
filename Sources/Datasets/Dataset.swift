import NeuralNetwork

/// Images to learn from, images to be judged by, and what the classes are called.
public struct Dataset: Sendable, Equatable {
    /// "mnist", "fashion-mnist", or the name of the folder or file that it was read from.
    public let name: String

    /// The name as people write it: "MNIST", "Fashion-MNIST", or the name itself.
    public let title: String

    /// What the labels 0, 1 … of the images stand for, at most 256.
    public let classNames: [String]

    /// Whether the classes have names of their own; else they are called by their labels in the files.
    public let hasNames: Bool

    /// To learn from, and to judge a network by while it learns; images of one size.
    public private(set) var train: ImageSet, test: ImageSet

    /// Whether there are no images to test on, so that those to learn from stand in for them.
    public private(set) var isTestedOnTraining: Bool

    /// Where images to learn from were kept aside to judge by (`test`): the test images, asked once at the end; nil where
    /// there are none, or where nothing was kept aside.
    public private(set) var finalTest: ImageSet?

    /// How many images to learn from were kept aside; nil where none were.
    public private(set) var validationCount: Int?

    /// The absolute path of the folder or file that it was read from; nil where it was not.
    public let folder: String?

    /// How the files were read.
    public let reading: DatasetReading

    /// - Parameters:
    ///   - name: decides the title and, without `classNames`, the names of the classes.
    ///   - train: images of the same size as those of `test`.
    ///   - test: images of the same size as those of `train`; nil to test on these.
    ///   - classNames: one for each label; nil for what suits the name and the labels.
    ///   - folder: that it was read from, if it was.
    public init(
        name: String, train: ImageSet, test: ImageSet? = nil, classNames: [String]? = nil, hasNames: Bool = true,
        folder: String? = nil, reading: DatasetReading = DatasetReading()
    ) {
        isTestedOnTraining = test == nil
        self.folder = folder
        self.reading = reading
        let test = test ?? train
        precondition(
            train.width == test.width && train.height == test.height,
            "the images to train on and those to test on differ in size")
        self.name = name
        title = Self.titles[name] ?? name
        let highest = Int(max(train.labels.max() ?? 0, test.labels.max() ?? 0))
        let names = classNames ?? Self.classNames(of: name)
        self.classNames = names.count > highest ? names : (0...highest).map(String.init)
        self.hasNames = hasNames
        self.train = train
        self.test = test
    }

    /// What the labels 0, 1 … stand for in a data set that the program knows by name; those of digits for another.
    public static func classNames(of name: String) -> [String] {
        name == "fashion-mnist" ? fashionClassNames : (0...9).map(String.init)
    }

    /// What the data sets are called that the program knows by name.
    static let titles = ["mnist": "MNIST", "fashion-mnist": "Fashion-MNIST"]

    /// What an image shows that is like none of the data set of that name: "no digit"; of a folder it is not known what
    /// its images show.
    public static func refusal(of name: String) -> String {
        switch name {
        case "mnist": "no digit"
        case "fashion-mnist": "no item of clothing"
        default: "nothing it has learnt"
        }
    }

    private static let fashionClassNames = [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]
}

extension Dataset {
    /// The same images as a network of so many classes sees them: where classes are called by their labels, there may be
    /// some without images. nil where the classes are others.
    public func with(classes count: Int) -> Dataset? {
        if count == classNames.count { return self }
        guard !hasNames, count > classNames.count, count <= LabelledPixels.mostClasses,
            let first = classNames.first.flatMap({ UInt8($0) })
        else {
            return nil
        }
        // Of labels from 1 on, 0 is now among the classes.
        func shifted(_ images: ImageSet) -> ImageSet {
            ImageSet(
                width: images.width, height: images.height, pixels: images.pixels,
                labels: images.labels.map { $0 + first })
        }
        return Dataset(
            name: name, train: shifted(train), test: isTestedOnTraining ? nil : shifted(test),
            classNames: (0..<count).map(String.init), hasNames: false, folder: folder, reading: reading)
    }

    /// Keeps images aside of those to learn from: a network is then judged by them while it learns, and by the test images
    /// once at the end. They are the same ones each time, whatever the seed of a run, so that runs can be compared.
    ///
    /// - Parameter count: 1 up to one less than there are.
    public func validated(by count: Int) -> Dataset {
        precondition((1..<train.count).contains(count), "Some images stay to learn from.")
        var generator = RandomGenerator(seed: 0, stream: .validation)
        var isKept = [Bool](repeating: false, count: train.count)
        for index in generator.permutation(count: train.count).prefix(count) { isKept[Int(index)] = true }
        var dataset = self
        dataset.test = train.chosen { isKept[$0] }
        dataset.train = train.chosen { !isKept[$0] }
        dataset.finalTest = isTestedOnTraining ? nil : test
        dataset.isTestedOnTraining = false
        dataset.validationCount = count
        return dataset
    }

    /// What the images are called that a network is judged by while it learns.
    public var judge: String { validationCount == nil ? "test" : "validation" }
}
