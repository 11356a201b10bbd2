import Datasets
import Engine

extension Distorter: ImageChange {
    public func change(
        _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>, epoch: Int, sample: Int,
        scratch: UnsafeMutableRawPointer
    ) {
        distort(image, into: output, epoch: epoch, sample: sample, scratch: scratch)
    }
}
