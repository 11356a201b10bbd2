/// How strongly images to learn from are distorted, at random and anew each time that they are seen: so that a network
/// learns what stays the same when a hand writes a digit a little differently. `Distorter` does it.
///
/// Rotation, scale, shear and shift follow Cireşan et al., "Deep, Big, Simple Neural Nets for Handwritten Digit
/// Recognition" (2010); elastic distortion follows Simard, Steinkraus and Platt, "Best Practices for Convolutional
/// Neural Networks Applied to Visual Document Analysis" (2003).
public struct Distortion: Sendable, Equatable, Codable {
    /// Turned about the image's centre by up to this angle either way, in degrees, 0…180.
    public var rotation: Float = 0
    /// Width and height, each for itself, up to this share larger or smaller, 0…0.5.
    public var scale: Float = 0
    /// Slanted by up to this many pixels to the left or right for each pixel up, 0…1.
    public var shear: Float = 0
    /// Moved by up to this share of the image's size, down or up and to the left or right, 0…0.5. By whole pixels
    /// where there is nothing else that moves pixels, as the image then stays sharp.
    public var shift: Float = 0
    /// The standard deviation of a smooth random displacement in either direction, in pixels, 0…`smoothness`.
    ///
    /// Simard et al. smooth noise that is uniform in −1…1 with a Gaussian and multiply it by α: a standard deviation of
    /// α / (σ√12π), so that their σ = 4 and α = 34 are an elasticity of 1.4.
    public var elasticity: Float = 0
    /// The standard deviation σ of the kernel that smooths the displacement, in pixels, 1…1000.
    public var smoothness: Float = 4
    /// Strokes made thicker or thinner by up to about this many pixels on each side, 0…1.
    ///
    /// Thicker: a pixel moves by a share, drawn up to this one, towards the brightest of itself and its four neighbours
    /// (grey dilation). Thinner: towards the darkest (grey erosion), which counts twice, as strokes of two pixels would
    /// fade instead of getting thinner.
    public var thickness: Float = 0
    /// Left and right exchanged in half of the images.
    public var isMirrored = false

    public init() {}

    /// For digits and letters.
    public static let handwriting = {
        var distortion = Distortion()
        distortion.rotation = 12
        distortion.scale = 0.12
        distortion.shear = 0.15
        distortion.shift = 0.07
        distortion.elasticity = 0.6
        distortion.smoothness = 4
        distortion.thickness = 0.2
        return distortion
    }()

    /// For pictures that mean the same when mirrored, such as clothing: that, and a shift by up to 2 pixels of 28.
    public static let clothing = {
        var distortion = Distortion()
        distortion.shift = 2 / 28
        distortion.isMirrored = true
        return distortion
    }()

    /// What suits the data set of that name.
    public static func preset(dataset name: String) -> Distortion {
        name == "fashion-mnist" ? .clothing : .handwriting
    }
}

extension Distortion {
    /// The first strength that is out of its limits; nil where all are within.
    public var problem: SettingProblem? {
        func check(
            _ value: Float, _ limits: ClosedRange<Float>, _ name: String, _ expected: String
        ) -> SettingProblem? {
            limits.contains(value) ? nil : SettingProblem(name: name, expected: expected, found: "\(value)")
        }
        return check(rotation, 0...180, "rotation", "degrees from 0 to 180")
            ?? check(scale, 0...0.5, "scale", "a share from 0 to 0.5")
            ?? check(shear, 0...1, "shear", "a number from 0 to 1")
            ?? check(shift, 0...0.5, "shift", "a share from 0 to 0.5")
            ?? check(smoothness, 1...1000, "smoothness", "pixels from 1 to 1000")
            ?? check(elasticity, 0...smoothness, "elasticity", "pixels from 0 to the smoothness, \(smoothness)")
            ?? check(thickness, 0...1, "thickness", "pixels from 0 to 1")
    }
}
