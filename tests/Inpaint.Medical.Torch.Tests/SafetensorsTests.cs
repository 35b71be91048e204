using System.Text;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Inpaint.Medical.Torch.Tests;

[Collection(TorchCollection.Name)]
public sealed class SafetensorsTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void WhatIsWrittenIsReadBitForBit()
    {
        Tensor[] values = [randn(3, 5), randn(7).to(ScalarType.BFloat16), zeros(0, 4), tensor(2.5).to(ScalarType.Float64), randn(2, 2).to(ScalarType.Float16)];
        Safetensors.Write(_path, values.Select((v, i) => ($"t{i}", v)), new Dictionary<string, string> { ["step"] = "12" });
        (Dictionary<string, Tensor> read, Dictionary<string, string> metadata) = Safetensors.Read(_path);
        Assert.Equal("12", metadata["step"]);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(values[i].dtype, read[$"t{i}"].dtype);
            Assert.Equal(values[i].shape, read[$"t{i}"].shape);
            Assert.Equal(values[i].bytes.ToArray(), read[$"t{i}"].bytes.ToArray());
        }
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        byte[] file = Good();
        for (int length = 0; length < file.Length; length++) Assert.Throws<ModelFileException>(() => Safetensors.Parse(file.AsSpan(0, length), "cut"));
    }

    [Theory]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "its shape needs 8")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "expected 0")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 8, "describes 4")]
    [InlineData("{\"a\":{\"dtype\":\"Q8\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "type 'Q8'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999,99999999],\"data_offsets\":[0,4]}}", 4, "needs")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "expected 4")]
    [InlineData("{\"a\":7}", 0, "not a safetensors header")]
    [InlineData("[]", 0, "not a safetensors header")]
    [InlineData("{\"a\"", 0, "not a safetensors header")]
    public void IllShapedHeadersAreRefusedByName(string header, int data, string says)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] file = [.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[data]];
        ModelFileException e = Assert.Throws<ModelFileException>(() => Safetensors.Parse(file, "bad.safetensors"));
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.StartsWith("bad.safetensors", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MutatedFilesNeverEndOtherwiseThanInARefusalOrTensors()
    {
        byte[] good = Good();
        var random = new Random(4);
        for (int i = 0; i < 3000; i++)
        {
            byte[] file = [.. good];
            for (int k = random.Next(1, 4); k > 0; k--) file[random.Next(file.Length)] = (byte)random.Next(256);
            try
            {
                foreach (Tensor t in Safetensors.Parse(file, "mutated").Tensors.Values) t.Dispose();
            }
            catch (ModelFileException)
            {
                // Refused by name: as it should be.
            }
        }
    }

    [Fact]
    public void AFileForAnotherNetworkLeavesTheWeightsAsTheyWere()
    {
        using MaskedVolumeTransformer network = Small.Network();
        byte[] before = network.parameters().First().bytes.ToArray();
        var named = network.named_parameters().Select((p, i) => (p.name, (Tensor)(i == 3 ? randn(5) : randn(p.parameter.shape)))).ToArray();
        Safetensors.Write(_path, named, new Dictionary<string, string>());
        ModelFileException e = Assert.Throws<ModelFileException>(() => Weights.LoadInto(network, _path, partial: false));
        Assert.Contains(named[3].name, e.Message, StringComparison.Ordinal);
        Assert.Equal(before, network.parameters().First().bytes.ToArray());
    }

    private byte[] Good()
    {
        Safetensors.Write(_path, [("a", arange(4f)), ("b", ones(2, 2))], new Dictionary<string, string> { ["x"] = "y" });
        return File.ReadAllBytes(_path);
    }
}
