/// Images to learn from, images to be judged by, and what the ten classes are called.
public struct Dataset: Sendable, Equatable {
    /// "mnist", "fashion-mnist", or the name of the folder that it was read from.
    public let name: String

    /// The name as people write it: "MNIST", "Fashion-MNIST", or the folder's name.
    public let title: String

    /// What the labels 0...9 stand for, `[10]`.
    public let classNames: [String]

    /// Both sets hold images of one size.
    public let train: ImageSet, test: ImageSet

    /// Whether there are no images to test on, so that those to learn from stand in for them.
    public let isTestedOnTraining: Bool

    /// The absolute path of the folder that it was read from; nil where it was not.
    public let folder: String?

    /// - Parameters:
    ///   - name: decides the title and the names of the classes.
    ///   - train: images of the same size as those of `test`.
    ///   - test: images of the same size as those of `train`; nil to test on these.
    ///   - folder: that it was read from, if it was.
    public init(name: String, train: ImageSet, test: ImageSet? = nil, folder: String? = nil) {
        isTestedOnTraining = test == nil
        self.folder = folder
        let test = test ?? train
        precondition(
            train.width == test.width && train.height == test.height,
            "the images to train on and those to test on differ in size")
        self.name = name
        title = Self.titles[name] ?? name
        classNames = Self.classNames(of: name)
        self.train = train
        self.test = test
    }

    /// What the labels 0...9 stand for in the data set of that name, `[10]`.
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
